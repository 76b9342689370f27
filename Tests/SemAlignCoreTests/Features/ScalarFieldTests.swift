// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SemAlignCore

@Suite struct ScalarFieldTests {
    private let camera = NormalizedCamera(
        observation: ToyImage.standard.observation,
        objectBounds: PixelRegion(minimum: [100, 60], maximum: [220, 160]))

    private func field() -> ScalarField {
        let grid = ImageGrid(
            over: PixelRegion(minimum: [100, 60], maximum: [220, 160]), camera: camera)
        var field = ScalarField(grid: grid)
        for row in 0..<grid.rows {
            for column in 0..<grid.columns {
                let place = grid.place(column: column, row: row)
                field.values[row * grid.columns + column] = Float(2 + place.x - 3 * place.y)
            }
        }
        return field
    }

    @Test("A linear field is read exactly, with its slope, and goes on flat beyond the grid")
    func linear() {
        let field = field()
        let (value, slope) = field.value(at: [0.123, -0.071])
        #expect(abs(value - (2 + 0.123 + 0.213)) < 1e-4)
        #expect(abs(slope.x - 1) < 1e-3 && abs(slope.y + 3) < 1e-3)
        #expect(field.value(at: [90, 0.01]).slope.x == 0)
        #expect(field.value(at: [90, 90]).slope == .zero)
        #expect(field.value(at: [.nan, 0]).value.isFinite)
    }

    @Test("A place is known only where all four nodes around it are")
    func known() {
        var field = field()
        #expect(field.knownValue(at: [0.1, 0.1]) != nil)
        let (node, _, _) = field.grid.cell(of: [0.1, 0.1])
        field.values[node + field.grid.columns + 1] = 0
        #expect(field.knownValue(at: [0.1, 0.1]) == nil)
        #expect(field.knownValue(at: [90, 0]) == nil)
    }

    @Test("Distances to the nearest marked node equal a search over all of them")
    func distances() {
        var generator = SeededGenerator(seed: 12)
        let (columns, rows) = (23, 17)
        let isMarked = (0..<columns * rows).map { _ in generator.uniform() < 0.03 }
        let transform = NearestNode(columns: columns, rows: rows, isMarked: isMarked)
        for node in isMarked.indices {
            var best = Int.max
            for other in isMarked.indices where isMarked[other] {
                let (x, y) = (node % columns - other % columns, node / columns - other / columns)
                best = min(best, x * x + y * y)
            }
            // Two sweeps may miss by a fraction of a node.
            let found = Double(transform.squaredDistance(node)).squareRoot()
            #expect(abs(found - Double(best).squareRoot()) < 0.3)
            #expect(transform.nearest(to: node).map { isMarked[$0] } == true)
        }
        let nothing = NearestNode(
            columns: 4, rows: 3, isMarked: [Bool](repeating: false, count: 12))
        #expect(nothing.nearest(to: 5) == nil)
    }
}
