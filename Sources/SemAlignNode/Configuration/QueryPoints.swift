// SPDX-License-Identifier: Apache-2.0
import SemAlignCore

extension SettingKind where Value == [CorrespondenceQuery] {
    /// A list of points with an id and either a pixel or a position.
    static var queryPoints: Self {
        Self(
            accepts: "a list such as [{id: handle, pixel: [312, 201]}, {id: rim, position: [0, 0, 1]}]",
            parse: { value, _ in
                guard let items = value.isNull ? [] : value.items else { return nil }
                let points = items.compactMap(CorrespondenceQuery.init(item:))
                let hasAll = points.count == items.count && Set(points.map(\.id)).count == points.count
                return hasAll && points.count <= 10_000 ? points : nil
            },
            text: { flowList($0.map(\.flowText)) })
    }
}

extension CorrespondenceQuery {
    fileprivate init?(item: YAMLValue) {
        guard let entries = item.entries, entries.count == 2, let id = item["id"]?.text, !id.isEmpty else {
            return nil
        }
        if let pixel = item["pixel"]?.numbers(2) {
            self.init(id: id, place: .pixel([pixel[0], pixel[1]]))
        } else if let position = item["position"]?.numbers(3) {
            self.init(id: id, place: .position([position[0], position[1], position[2]]))
        } else {
            return nil
        }
    }

    fileprivate var flowText: String {
        switch place {
        case .pixel(let p): "{id: \(quoted(id)), pixel: [\(p.x), \(p.y)]}"
        case .position(let p): "{id: \(quoted(id)), position: [\(p.x), \(p.y), \(p.z)]}"
        }
    }
}

extension YAMLValue {
    /// Exactly `count` finite numbers; `nil` for anything else.
    func numbers(_ count: Int) -> [Double]? {
        guard let items, items.count == count else { return nil }
        let numbers = items.compactMap(\.number)
        return numbers.count == count ? numbers : nil
    }
}
