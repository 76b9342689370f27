// SPDX-License-Identifier: Apache-2.0

/// A record inside decompressed chunk records.
struct InnerRecord {
    /// Kind of the record, known or not.
    let opcode: UInt8
    /// Place of the opcode in the chunk's records.
    let offset: Int
    /// Place of the content in the chunk's records.
    let content: Range<Int>

    var kind: Opcode? { Opcode(rawValue: opcode) }
}

/// Steps over the records of a decompressed chunk.
struct ChunkWalker {
    /// Place of the chunk in the file, for errors.
    let chunkOffset: UInt64
    /// Place of the next record in the chunk's records.
    private(set) var position = 0

    init(chunkOffset: UInt64, position: Int = 0) {
        self.chunkOffset = chunkOffset
        self.position = position
    }

    /// The next record, `nil` at the end.
    mutating func next(_ records: [UInt8]) throws(BagError) -> InnerRecord? {
        let available = records.count - position
        guard available > 0 else { return nil }
        guard available >= Int(recordHeaderSize) else { throw overrun }
        let length: UInt64 = records.integer(at: position + 1)
        guard length <= UInt64(available) - recordHeaderSize else { throw overrun }
        let start = position + Int(recordHeaderSize)
        defer { position = start + Int(length) }
        return InnerRecord(
            opcode: records[position], offset: position, content: start..<start + Int(length))
    }

    /// A reader of the fields of a record.
    func fields(of record: InnerRecord) -> FieldReader {
        FieldReader(record.kind, at: chunkOffset, content: record.content)
    }

    private var overrun: BagError {
        .malformed(record: "Chunk", offset: chunkOffset, detail: "record at \(position) reaches past its end")
    }
}
