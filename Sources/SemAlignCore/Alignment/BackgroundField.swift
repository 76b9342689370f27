// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// How the background pushes points away (equation 11).
public enum BackgroundForm: String, Hashable, Sendable, CaseIterable {
    /// Equation 11 itself, for a fixed σ: the mean of p_spatial over background pixels.
    case gaussian
    /// The distance to the nearest place where the object may be, in the same unit: pulls from afar.
    case distance
}

/// What the image's background says about a projected point: L_background of equation 11 as a field over the image.
///
/// Unlike the paper, which schedules σ (and throws the model out of the image with it), σ is fixed; so the
/// sum over background pixels is done once. Places where something measured nearer than the object stands in
/// front of it are no background: the object may be behind. Nor is the outside of the image, where the mask
/// reaches its border.
struct BackgroundField: Sendable {
    /// Cost of a projected point, ≥ 0.
    private(set) var field: ScalarField

    /// The field of `scene` for σ in normalised coordinates.
    init(scene: SceneGrid, form: BackgroundForm, sigma: Double) {
        field = ScalarField(grid: scene.grid)
        let step = Double(scene.grid.step)
        var area = 0
        for kind in scene.kinds where kind == .background { area += 1 }
        // Of equation 11's mean: each background pixel's Gaussian spreads over 2πσ².
        let share = 2 * .pi * sigma * sigma / max(Double(area) * step * step / 4, 0.2)
        switch form {
        case .gaussian:
            field.values = scene.kinds.map { $0 == .background ? Float(share) : 0 }
            blur(radius: sigma / step)
        case .distance:
            let near = NearestNode(
                columns: scene.grid.columns, rows: scene.grid.rows,
                isMarked: scene.kinds.map { $0 != .background })
            for node in field.values.indices {
                let relative = min(Double(near.squaredDistance(node)).squareRoot() * step, 1) / sigma
                field.values[node] = Float(share * ((1 + relative * relative).squareRoot() - 1))
            }
        }
    }

    /// Separable Gaussian of standard deviation `radius` [nodes]; the border's values go on outside.
    private mutating func blur(radius: Double) {
        let reach = Int((3 * radius).rounded(.up))
        var kernel = (-reach...reach).map { Float(exp(-Double($0 * $0) / (2 * radius * radius))) }
        let sum = kernel.reduce(0, +)
        kernel = kernel.map { $0 / sum }
        let (columns, rows) = (field.grid.columns, field.grid.rows)
        let source = field.values
        var middle = source
        for row in 0..<rows {
            for column in 0..<columns {
                var total: Float = 0
                for k in -reach...reach {
                    total += kernel[k + reach] * source[row * columns + min(max(column + k, 0), columns - 1)]
                }
                middle[row * columns + column] = total
            }
        }
        for row in 0..<rows {
            for column in 0..<columns {
                var total: Float = 0
                for k in -reach...reach {
                    total += kernel[k + reach] * middle[min(max(row + k, 0), rows - 1) * columns + column]
                }
                field.values[row * columns + column] = total
            }
        }
    }
}
