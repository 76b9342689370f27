// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

extension DensePoints {
    /// Reads B and the normals of its points.
    init(checking message: Semalign_ClassRepresentation, keypointCount: Int) throws(MessageError) {
        let map = try DeformationMap(checking: message.deformation, keypointCount: keypointCount)
        let normals = message.normals
        try check(count: normals.count, is: 3 * map.pointCount, field: "coordinates of the normals")
        try check(all: normals, in: RepresentationLimits.unit, field: "normals")
        self.init(map: map, normals: normals.triples())
    }
}

extension DeformationMap {
    fileprivate init(
        checking map: Semalign_ClassRepresentation.DeformationMap, keypointCount: Int
    ) throws(MessageError) {
        let entries = map.columns.count
        let limit = 1 << 28
        guard entries <= limit else {
            throw .value(field: "entries of the deformation map", found: "\(entries)", expected: "0…\(limit)")
        }
        try check(count: map.weights.count, is: entries, field: "weights of the deformation map")
        try check(all: map.weights, in: RepresentationLimits.weight, field: "deformation.weights")
        let columns = try checkedIndices(map.columns, below: keypointCount, field: "deformation.columns")
        let starts = try checkedIndices(map.rowStarts, below: entries + 1, field: "deformation.row_starts")
        let (first, last) = (Int(starts.first ?? -1), Int(starts.last ?? -1))
        guard first == 0, last == entries, zip(starts, starts.dropFirst()).allSatisfy(<=) else {
            throw .value(
                field: "deformation.row_starts", found: "\(starts.count) numbers from \(first) to \(last)",
                expected: "numbers that ascend from 0 to \(entries)")
        }
        self.init(
            keypointCount: keypointCount, rowStarts: starts, columns: columns, weights: map.weights)
    }
}
