// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

extension PointAppearance {
    /// Reads the features of `pointCount` points and their statistics.
    init(
        checking appearance: Semalign_ClassRepresentation.Appearance, pointCount: Int
    ) throws(MessageError) {
        let channels = Int(appearance.channels)
        guard (1...1 << 20).contains(channels) else {
            throw .value(field: "appearance.channels", found: "\(channels)", expected: "1…\(1 << 20)")
        }
        try check(
            count: appearance.vectors.count, is: pointCount * channels,
            field: "entries of appearance.vectors")
        try check(all: appearance.vectors, in: RepresentationLimits.unit, field: "appearance.vectors")
        try check(
            count: appearance.similarityMean.count, is: pointCount,
            field: "entries of appearance.similarity_mean")
        try check(
            all: appearance.similarityMean, in: RepresentationLimits.unit,
            field: "appearance.similarity_mean")
        try check(
            count: appearance.similarityDeviation.count, is: pointCount,
            field: "entries of appearance.similarity_deviation")
        try check(
            all: appearance.similarityDeviation, in: 1e-6...1e3, field: "appearance.similarity_deviation")
        self.init(
            channels: channels, model: appearance.model, vectors: appearance.vectors,
            similarityMean: appearance.similarityMean, similarityDeviation: appearance.similarityDeviation)
    }
}

extension VisibilityModel {
    /// Reads the directions and a row of them for each of `pointCount` points.
    init(
        checking visibility: Semalign_ClassRepresentation.Visibility, pointCount: Int
    ) throws(MessageError) {
        let numbers = visibility.directions
        guard !numbers.isEmpty, numbers.count.isMultiple(of: 3) else {
            throw .value(
                field: "number of entries of visibility.directions", found: "\(numbers.count)",
                expected: "3, 6, 9, …")
        }
        try check(all: numbers, in: RepresentationLimits.unit, field: "visibility.directions")
        let directions = numbers.triples()
        try check(
            count: visibility.table.count, is: pointCount * directions.count,
            field: "bytes of visibility.table")
        self.init(directions: directions, table: [UInt8](visibility.table))
    }
}
