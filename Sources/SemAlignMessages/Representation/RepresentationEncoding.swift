// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Semalign_ClassRepresentation {
    /// The message that holds `source`.
    init(_ source: ClassRepresentation) {
        self.init()
        className = source.className
        keypointNames = source.keypointNames
        flip = (source.flip ?? []).map { UInt32(clamping: $0) }
        skeleton = source.skeleton.flatMap { indices($0) }
        keypoints = source.keypoints.flatMap { [$0.x, $0.y, $0.z] }
        deformation = .init(source.dense.map)
        normals = source.dense.normals.flatMap { [$0.x, $0.y, $0.z] }
        edgePairs = .init(source.prior.edgePairs)
        tetrahedra = .init(source.prior.tetrahedra)
        shapeCovariance = source.prior.shapeCovariance
        appearance = .init(source.appearance)
        visibility.directions = source.visibility.directions.flatMap { [$0.x, $0.y, $0.z] }
        visibility.table = Data(source.visibility.table)
        if let scale = source.metricScale {
            metricScale.metresPerUnit = scale.metresPerUnit
            metricScale.logDeviation = scale.logDeviation
        }
        provenance.programVersion = source.provenance.programVersion
        provenance.settings = source.provenance.settings
        provenance.inputHashes = source.provenance.inputHashes
    }
}

/// Indices as they are stored; a negative one becomes one that no reader accepts.
private func indices<Vector: SIMD>(_ vector: Vector) -> [UInt32] where Vector.Scalar == Int32 {
    vector.indices.map { UInt32(bitPattern: vector[$0]) }
}

extension Semalign_ClassRepresentation.DeformationMap {
    fileprivate init(_ map: DeformationMap) {
        self.init()
        rowStarts = map.rowStarts.map { UInt32(bitPattern: $0) }
        columns = map.columns.map { UInt32(bitPattern: $0) }
        weights = map.weights
    }
}

extension Semalign_ClassRepresentation.EdgePairs {
    fileprivate init(_ pairs: [EdgePairFeature]) {
        self.init()
        keypoints = pairs.flatMap { indices($0.first) + indices($0.second) }
        angle = pairs.flatMap { [$0.angle.alpha, $0.angle.beta] }
        ratio = pairs.flatMap { [$0.ratio.alpha, $0.ratio.beta] }
    }
}

extension Semalign_ClassRepresentation.Tetrahedra {
    fileprivate init(_ tetrahedra: [TetrahedronFeature]) {
        self.init()
        keypoints = tetrahedra.flatMap { indices($0.corners) }
        cosines = tetrahedra.flatMap {
            [$0.x.alpha, $0.x.beta, $0.y.alpha, $0.y.beta, $0.z.alpha, $0.z.beta]
        }
    }
}

extension Semalign_ClassRepresentation.Appearance {
    fileprivate init(_ appearance: PointAppearance) {
        self.init()
        channels = UInt32(clamping: appearance.channels)
        model = appearance.model
        vectors = appearance.vectors
        similarityMean = appearance.similarityMean
        similarityDeviation = appearance.similarityDeviation
    }
}
