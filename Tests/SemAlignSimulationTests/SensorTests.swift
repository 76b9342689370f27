// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignSimulation
import Testing

@Suite struct SensorTests {
    private func depth(_ kind: SimulationConfiguration.Depth, seed: UInt64) throws -> DepthImage {
        let simulator = SmallScenes.simulator(.chair) { $0.depth = kind }
        return try #require(simulator.view(instance: 0, seed: seed, id: "a").observation.depth)
    }

    @Test("Sensor depth is noisy, in millimetres, and more so farther away")
    func measures() throws {
        var near: [Float] = []
        var far: [Float] = []
        for seed: UInt64 in 0..<3 {
            let exact = try depth(.exact, seed: seed).values
            let measured = try depth(.sensor, seed: seed).values
            let scaled = measured.map { $0 * 1000 }
            #expect(scaled.allSatisfy { abs($0 - $0.rounded()) < 0.01 })
            for (truth, value) in zip(exact, measured) where value > 0 && abs(truth - value) < 0.1 {
                if truth < 1 { near.append(abs(truth - value)) }
                if truth > 2 { far.append(abs(truth - value)) }
            }
        }
        let nearMedian = near.sorted()[near.count / 2]
        let farMedian = far.sorted()[far.count / 2]
        #expect((0.0003...0.004).contains(nearMedian))
        #expect(farMedian > 3 * nearMedian)
    }

    @Test("Sensor depth has holes, exact depth has none")
    func leavesHoles() throws {
        let measured = try depth(.sensor, seed: 1).values
        #expect(try depth(.exact, seed: 1).values.allSatisfy { $0 > 0 })
        let share = Double(measured.count { $0 == 0 }) / Double(measured.count)
        #expect((0.005...0.5).contains(share))
    }

    @Test("Relative depth is the sensor's times one factor, and says that it is not metric")
    func scalesDepth() throws {
        let measured = try depth(.sensor, seed: 1)
        let relative = try depth(.relative, seed: 1)
        #expect(measured.isMetric && !relative.isMetric)
        let ratios = zip(relative.values, measured.values).filter { $0.1 > 0 }.map { $0.0 / $0.1 }
        let first = try #require(ratios.first)
        #expect(ratios.allSatisfy { abs($0 / first - 1) < 1e-4 })
        #expect(abs(first - 1) > 0.01)
    }

    @Test("No depth is no depth")
    func omitsDepth() {
        #expect(
            SmallScenes.simulator { $0.depth = .none }.view(instance: 0, seed: 1, id: "a").observation.depth
                == nil)
    }

    @Test("The mask's border is a pixel or two off at places, its inside is right")
    func segments() throws {
        let simulator = SmallScenes.simulator(.kettle) {
            $0.depth = .exact
            $0.hasClutter = false
            $0.imageSize = ImageSize(width: 320, height: 240)
        }
        let image = simulator.view(instance: 0, seed: 2, id: "a")
        let depth = try #require(image.observation.depth)
        let instance = simulator.objectClass.instance(0)
        var wrong = 0
        let mask = image.observation.mask
        for row in 0..<240 {
            for column in 0..<320 {
                let z = Double(depth.values[row * 320 + column])
                let point = image.intrinsics.unproject(SIMD2(Double(column), Double(row)), depth: z)
                let place = image.cameraFromObject.applyInverse(point)
                // Whatever stands above the table is the object.
                let isObject = place.z > 0.002 && (place - instance.center).norm < 0.55 * instance.diameter
                if isObject != mask.contains(column: column, row: row, instance: 1) { wrong += 1 }
            }
        }
        let share = Double(wrong) / Double(mask.area(of: 1))
        #expect((0.005...0.15).contains(share), "\(share)")
    }
}
