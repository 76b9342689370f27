// SPDX-License-Identifier: Apache-2.0

internal import CSQLite

/// A rosbag2 file of the storage `sqlite3`, opened for reading.
@safe struct SQLiteBag: ~Copyable {
    /// One stored message.
    struct Row {
        let topic: String
        let type: String
        /// Such as `cdr`.
        let serialization: String
        /// When it was recorded [ns since the Unix epoch].
        let timestamp: UInt64
        let data: [UInt8]
    }

    /// Largest message [bytes].
    private static let sizeLimit: Int32 = 1 << 30
    private let path: String
    private let database: OpaquePointer
    private let statement: OpaquePointer

    init(path: String) throws(ImportError) {
        self.path = path
        var database: OpaquePointer?
        let status = unsafe sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
        guard status == SQLITE_OK, let database = unsafe database else {
            let reason = unsafe String(cString: sqlite3_errstr(status))
            unsafe sqlite3_close(database)
            throw .unreadable(path: path, reason: reason)
        }
        unsafe sqlite3_limit(database, SQLITE_LIMIT_LENGTH, Self.sizeLimit)
        let query = """
            SELECT topics.name, topics.type, topics.serialization_format, messages.timestamp, messages.data
            FROM messages JOIN topics ON messages.topic_id = topics.id
            ORDER BY messages.timestamp, messages.id
            """
        var statement: OpaquePointer?
        guard unsafe sqlite3_prepare_v2(database, query, -1, &statement, nil) == SQLITE_OK,
            let statement = unsafe statement
        else {
            let reason = unsafe "no rosbag2 file: " + String(cString: sqlite3_errmsg(database))
            unsafe sqlite3_close(database)
            throw .unusable(path: path, reason: reason)
        }
        unsafe self.database = database
        unsafe self.statement = statement
    }

    deinit {
        unsafe sqlite3_finalize(statement)
        unsafe sqlite3_close(database)
    }

    /// The next message in the order of time; `nil` after the last.
    mutating func next() throws(ImportError) -> Row? {
        switch unsafe sqlite3_step(statement) {
        case SQLITE_ROW:
            return Row(
                topic: text(0), type: text(1), serialization: text(2),
                timestamp: UInt64(clamping: unsafe sqlite3_column_int64(statement, 3)), data: bytes(4))
        case SQLITE_DONE: return nil
        default:
            throw .unusable(path: path, reason: unsafe String(cString: sqlite3_errmsg(database)))
        }
    }

    private func text(_ column: Int32) -> String {
        String(decoding: bytes(column), as: UTF8.self)
    }

    private func bytes(_ column: Int32) -> [UInt8] {
        // The pointer is asked for first: that fixes what the length counts.
        guard let start = unsafe sqlite3_column_blob(statement, column) else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(statement, column))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }
}
