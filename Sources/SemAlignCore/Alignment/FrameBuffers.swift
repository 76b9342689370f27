// SPDX-License-Identifier: Apache-2.0

/// Buffers that are used again from frame to frame: megabytes that need not be got from the system anew.
struct FrameBuffers: Sendable {
    /// Matches of the frame before; see `MatchGrid.match`.
    var match: [Float] = []
    var similarities: [Float] = []
    var maps = SimilarityMaps()
    var scratch: [Float] = []
}
