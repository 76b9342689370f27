// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignMessages
import Testing

@Suite struct QueryMessageTests {
    @Test("Pixels of a view and points of the class frame come back as they went")
    func roundTrips() throws {
        #expect(try QueryMessage(decoding: Samples.queries.encoded()) == Samples.queries)
    }

    @Test("No points at all is a sound message: it ends the search")
    func readsNone() throws {
        #expect(try QueryMessage(decoding: []).queries.isEmpty)
    }

    @Test("A point of nowhere is refused by name")
    func refusesNowhere() {
        let payload = Protobuf.message { $0.message(3) { $0.string(1, "rim") } }
        #expect(throws: MessageError.missing(field: "pixel or position of query point 'rim'")) {
            try QueryMessage(decoding: payload)
        }
    }

    @Test("A pixel without the name of its view is refused")
    func refusesPixelOfNoView() {
        let payload = Protobuf.message { $0.message(3) { $0.message(2) { $0.double(1, 5) } } }
        #expect(throws: MessageError.self) { try QueryMessage(decoding: payload) }
    }

    @Test("Two points of one name are refused")
    func refusesDoubles() {
        let payload = Protobuf.message {
            $0.string(2, "view")
            for _ in 0..<2 {
                $0.message(3) {
                    $0.string(1, "rim")
                    $0.message(2) { $0.double(1, 5) }
                }
            }
        }
        let expected = MessageError.value(
            field: "id of a query point", found: "'rim' twice", expected: "distinct ids")
        #expect(throws: expected) { try QueryMessage(decoding: payload) }
    }

    @Test("Coordinates that are not finite are refused", arguments: [2, 3])
    func refusesInfinite(field: Int) {
        for value in [Double.nan, .infinity] {
            let payload = Protobuf.message {
                $0.string(2, "view")
                $0.message(3) { $0.message(field) { $0.double(1, value) } }
            }
            #expect(throws: MessageError.self) { try QueryMessage(decoding: payload) }
        }
    }

    @Test("Too many points are refused")
    func refusesFloods() {
        let payload = Protobuf.message { message in
            for _ in 0...QueryMessage.maximumCount { message.message(3) { $0.message(3) { _ in } } }
        }
        let expected = MessageError.value(
            field: "number of query points", found: "10001", expected: "0…10000")
        #expect(throws: expected) { try QueryMessage(decoding: payload) }
    }
}
