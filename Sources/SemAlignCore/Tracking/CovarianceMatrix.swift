// SPDX-License-Identifier: Apache-2.0

/// A symmetric 3×3 matrix by its rows, in place: an array of nine numbers would be memory of its own for each point.
struct CovarianceMatrix: Hashable, Sendable {
    var x = SIMD3<Double>.zero
    var y = SIMD3<Double>.zero
    var z = SIMD3<Double>.zero

    /// The nine numbers, row by row.
    var rows: [Double] { [x.x, x.y, x.z, y.x, y.y, y.z, z.x, z.y, z.z] }

    /// The zero matrix.
    init() {}

    /// Precondition: nine numbers, row by row.
    init(rows: [Double]) {
        precondition(rows.count == 9, "a 3×3 covariance has nine entries")
        x = SIMD3(rows[0], rows[1], rows[2])
        y = SIMD3(rows[3], rows[4], rows[5])
        z = SIMD3(rows[6], rows[7], rows[8])
    }

    subscript(row: Int, column: Int) -> Double {
        get { row == 0 ? x[column] : row == 1 ? y[column] : z[column] }
        set {
            switch row {
            case 0: x[column] = newValue
            case 1: y[column] = newValue
            default: z[column] = newValue
            }
        }
    }
}
