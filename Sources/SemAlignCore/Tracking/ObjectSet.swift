// SPDX-License-Identifier: Apache-2.0

/// What one object of a frame got.
public struct ObjectAnswer: Sendable {
    /// The object: the same from frame to frame, whatever number its mask has.
    public let identity: UInt8
    /// Number of its class among the representations.
    public let classIndex: Int
    /// The observation that it was found in; `nil` where this frame's mask does not show it.
    public let observation: Observation?
    /// The tracker's answer.
    public let result: TrackingResult

    /// Joins identity, class, observation and result.
    public init(identity: UInt8, classIndex: Int, observation: Observation?, result: TrackingResult) {
        self.identity = identity
        self.classIndex = classIndex
        self.observation = observation
        self.result = result
    }
}

/// Options of `ObjectSet`.
public struct ObjectSetConfiguration: Hashable, Sendable {
    /// Objects that are followed at a time, at least 1.
    public var limit = 1
    /// Time for the objects of one frame [ns]; 0 = as long as it takes.
    ///
    /// At least one object is looked at.
    public var budget: UInt64 = 0
    /// An object that is not seen for so long is forgotten [ns].
    public var memory: UInt64 = 2_000_000_000
    /// Options of each object's tracker.
    public var tracker = TrackerConfiguration()

    /// The defaults.
    public init() {}
}

/// Follows several objects of one or more classes: one `Tracker` each, and an identity that outlives the mask's numbers.
///
/// An object's class is the one that its patches resemble most when it comes, and stays.
/// Masks of successive frames are associated by where each object was and where its motion carries it. Where time
/// is short the object with the oldest answer is looked at first.
public struct ObjectSet: Sendable {
    private let configuration: ObjectSetConfiguration
    /// A tracker without a track for each class.
    private let fresh: [Tracker]
    private let likeness: [ClassLikeness]
    private var objects: [TrackedObject] = []
    /// Counts the explorations.
    private var turn = 0

    /// Prepares to follow objects of these classes.
    ///
    /// The trackers share the `helper`, which halves searches. Precondition: there is at least one class.
    public init(
        representations: [ClassRepresentation], configuration: ObjectSetConfiguration,
        helper: SearchHelper? = nil
    ) {
        precondition(!representations.isEmpty, "an object set needs a class")
        self.configuration = configuration
        let fresh = representations.map {
            Tracker(representation: $0, configuration: configuration.tracker, helper: helper)
        }
        self.fresh = fresh
        likeness = fresh.count > 1 ? fresh.map { ClassLikeness($0.model) } : []
    }

    /// Forgets all objects.
    public mutating func reset() { objects = [] }

    /// Identities of the objects that are followed, in the order in which they came.
    public var identities: [UInt8] { objects.map(\.identity) }

    /// Answers for every object that is followed or new; `observations` are of one frame and differ in their instance.
    ///
    /// Objects that the frame does not show, or for which no time is left, get an answer that says so. Includes what
    /// `answer` leaves for later.
    public mutating func update(_ observations: [Observation], clock: () -> UInt64) -> [ObjectAnswer] {
        let answers = answer(observations, clock: clock)
        explore(while: { true })
        return answers
    }

    /// Goes on with searches, then looks for better solutions beside those that are followed; see `Tracker.explore`.
    @discardableResult
    public mutating func explore(while hasTime: () -> Bool) -> Bool {
        var hasExplored = false
        // Searches come one after the other, the one for the object with the oldest result first. Without one, another
        // object begins each time: where time is short all have their turn.
        turn &+= 1
        let searched = objects.indices.filter { objects[$0].isSearching }.min {
            (objects[$0].resultAt, $0) < (objects[$1].resultAt, $1)
        }
        for offset in objects.indices where offset == 0 || hasTime() {
            let index = ((searched ?? turn) + offset) % objects.count
            hasExplored = objects[index].explore(while: hasTime) || hasExplored
        }
        return hasExplored
    }

    /// The answers of `update`, without what they need not wait for; see `Tracker.answer`.
    public mutating func answer(
        _ observations: [Observation], clock: () -> UInt64, searchingWhile hasTime: () -> Bool = { false }
    ) -> [ObjectAnswer] {
        let start = clock()
        guard let time = observations.first?.timestamp else { return [] }
        let seen = associate(observations, at: time)
        var answers = [ObjectAnswer?](repeating: nil, count: objects.count)
        // The oldest answer first, then the order in which they came.
        let order = objects.indices.sorted { (objects[$0].lookedAt, $0) < (objects[$1].lookedAt, $1) }
        var isFirst = true
        for index in order {
            guard let observation = seen[index] else {
                answers[index] = objects[index].absent(at: time)
                continue
            }
            let isInTime = configuration.budget == 0 || clock() &- start < configuration.budget
            answers[index] =
                isFirst || isInTime
                ? objects[index].look(at: observation, clock: clock, searchingWhile: hasTime)
                : objects[index].postponed(observation)
            isFirst = false
        }
        let memory = configuration.memory
        objects.removeAll { time > $0.seenAt && time - $0.seenAt > memory }
        return answers.compactMap { $0 }
    }

    /// The observation of each object, by index; objects that were not known are added.
    private mutating func associate(_ observations: [Observation], at time: UInt64) -> [Int: Observation] {
        let regions = observations.map { MaskFootprint($0.mask, instance: $0.instance) }
        var pairs: [(score: Double, object: Int, observation: Int)] = []
        for object in objects.indices {
            let predicted = objects[object].footprint(at: time, in: observations[0])
            for place in observations.indices where regions[place].area > 0 {
                let score = predicted.overlap(with: regions[place])
                if score > MaskFootprint.leastOverlap { pairs.append((score, object, place)) }
            }
        }
        pairs.sort { ($1.score, $0.object, $0.observation) < ($0.score, $1.object, $1.observation) }
        var (seen, taken) = ([Int: Observation](), Set<Int>())
        for pair in pairs where seen[pair.object] == nil && !taken.contains(pair.observation) {
            seen[pair.object] = observations[pair.observation]
            taken.insert(pair.observation)
            objects[pair.object].saw(
                regions[pair.observation], at: time, camera: observations[pair.observation].cameraPose)
        }
        let new = observations.indices.filter { !taken.contains($0) && regions[$0].area > 0 }.sorted {
            (regions[$1].area, $0) < (regions[$0].area, $1)
        }
        for place in new where objects.count < configuration.limit {
            guard let identity = unusedIdentity(preferring: observations[place].instance) else { break }
            let classIndex = classIndex(of: observations[place])
            var object = TrackedObject(identity: identity, classIndex: classIndex, tracker: fresh[classIndex])
            object.saw(regions[place], at: time, camera: observations[place].cameraPose)
            seen[objects.count] = observations[place]
            objects.append(object)
        }
        return seen
    }

    /// The class that the object resembles most, the first of equals.
    private func classIndex(of observation: Observation) -> Int {
        let values = likeness.enumerated().map { $1.value(of: observation.seen(byClass: $0)) }
        return values.indices.max { (values[$0], $1) < (values[$1], $0) } ?? 0
    }

    /// The mask's own number where it is free, else the smallest free one.
    private func unusedIdentity(preferring number: UInt8) -> UInt8? {
        let used = Set(objects.map(\.identity))
        if number > 0, !used.contains(number) { return number }
        return (1...255).first { !used.contains($0) }
    }
}
