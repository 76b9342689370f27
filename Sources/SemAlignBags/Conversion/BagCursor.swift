// SPDX-License-Identifier: Apache-2.0

/// One input of a conversion and its next message; a class since what cannot be copied cannot stand in an array.
final class BagCursor {
    /// Damaged places after which an input is given up.
    private static let damageLimit = 1000

    /// Place among the inputs: of equal times the earlier input comes first.
    let index: Int
    private var messages: OrderedMessages
    private(set) var next: BagMessage?
    /// What could not be read.
    private(set) var damage: [BagError] = []
    /// Where the readable part ends.
    var ending: BagEnding { messages.ending }

    init(_ messages: consuming OrderedMessages, index: Int) throws(BagError) {
        self.messages = messages
        self.index = index
        try advance()
    }

    /// Goes to the next message that can be read.
    func advance() throws(BagError) {
        while true {
            do throws(BagError) {
                next = try messages.next()
                return
            } catch {
                if case .readFailed = error { throw error }
                damage.append(error)
                guard damage.count < Self.damageLimit else { throw error }
            }
        }
    }
}
