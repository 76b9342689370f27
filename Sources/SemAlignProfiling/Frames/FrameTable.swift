// SPDX-License-Identifier: Apache-2.0

/// The values of a profile frame by frame as comma-separated text: what comparisons and spreadsheets read.
public struct FrameTable: Hashable, Sendable {
    /// Why a text is not such a table.
    public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        /// What was found, and where.
        public let description: String
    }

    /// Names of the columns: `kind` first, then numbers.
    public let columns: [String]
    /// Kind of each frame, `cold` or `warm`.
    public let kinds: [StageFigures.Kind]
    /// Values by column and frame; NaN where a frame has none.
    ///
    /// `kind` is not among them.
    public let values: [[Double]]

    private static let costs = [
        "input_cpu_ns", "input_allocations", "input_minor_faults", "input_major_faults", "input_preemptions",
        "align_cpu_ns", "align_allocations", "align_minor_faults", "align_major_faults", "align_preemptions",
    ]

    /// The table of a profile.
    public init(_ profile: LatencyProfile) {
        let stages = profile.stageNames
        columns = ["stamp_ns"] + stages.map { "\($0)_ns" } + Self.costs
        kinds = profile.frames.map { $0.isCold ? .cold : .warm }
        let rows = profile.frames.map { frame -> [Double] in
            let durations = Dictionary(frame.durations.map { ($0.name, Double($0.duration)) }) { $0 + $1 }
            let costs = [frame.inputCost, frame.alignmentCost].flatMap {
                [$0.processorTime, $0.allocations, $0.minorFaults, $0.majorFaults, $0.preemptions]
            }
            return [Double(frame.stamp)] + stages.map { durations[$0] ?? .nan } + costs.map { Double($0) }
        }
        values = columns.indices.map { column in rows.map { $0[column] } }
    }

    /// Reads a table that `text` wrote.
    ///
    /// Throws where a line has another number of cells than the first, or a cell is no number.
    public init(text: String) throws(Problem) {
        let lines = text.split(separator: "\n").map { $0.hasSuffix("\r") ? $0.dropLast() : $0 }
        let head = (lines.first ?? "").split(separator: ",", omittingEmptySubsequences: false).map(
            String.init)
        guard head.count > 1, head[0] == "kind" else {
            throw Problem(
                description: "line 1: expected column names that begin with 'kind', as profile's frames.csv")
        }
        columns = Array(head.dropFirst())
        var kinds: [StageFigures.Kind] = []
        var values = [[Double]](repeating: [], count: columns.count)
        for (number, line) in lines.enumerated().dropFirst() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            guard cells.count == head.count, let kind = StageFigures.Kind(rawValue: String(cells[0])) else {
                throw Problem(
                    description:
                        "line \(number + 1): \(cells.count) cells, expected \(head.count), the first "
                        + "'warm' or 'cold'")
            }
            kinds.append(kind)
            for (column, cell) in cells.dropFirst().enumerated() {
                guard let value = cell.isEmpty ? .nan : Double(cell) else {
                    throw Problem(
                        description: "line \(number + 1): '\(cell.prefix(40))' is no number")
                }
                values[column].append(value)
            }
        }
        self.kinds = kinds
        self.values = values
    }

    /// The text, one line a frame; cells without a value are empty.
    public var text: String {
        var lines = [(["kind"] + columns).joined(separator: ",")]
        for row in kinds.indices {
            let cells = values.map { column -> String in
                let value = column[row]
                return value.isFinite ? String(Int(value)) : ""
            }
            lines.append(([kinds[row].rawValue] + cells).joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The values of a column over frames of a kind, in order of time, without those that have none.
    public func values(of column: String, _ kind: StageFigures.Kind) -> [Double] {
        guard let index = columns.firstIndex(of: column) else { return [] }
        return zip(values[index], kinds).filter { $1 == kind && $0.isFinite }.map(\.0)
    }
}
