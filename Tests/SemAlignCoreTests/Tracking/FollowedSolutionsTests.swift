// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SemAlignCore

@Suite struct FollowedSolutionsTests {
    private func solution(_ number: Int, support: Double) -> PoseHypothesis {
        var pose = PoseHypothesis(rotation: .identity, translation: [Double(number), 0, 0], scale: 1)
        pose.support = support
        return pose
    }

    private func followed(_ supports: Double...) -> FollowedSolutions {
        var followed = FollowedSolutions(TrackerConfiguration(), diameter: 1)
        followed.takeOver(supports.enumerated().map { solution($0.offset, support: $0.element) })
        return followed
    }

    /// Gives each solution the support that its place along x says.
    private func show(_ supports: [Double], to followed: inout FollowedSolutions) {
        followed.update { hypotheses in
            for i in hypotheses.indices {
                hypotheses[i].support = supports[Int(hypotheses[i].translation.x)]
            }
        }
    }

    @Test("A search's solutions are followed from the best supported on, those far behind are not")
    func takesOver() {
        let followed = followed(0.5, 2, 1.5)
        #expect(followed.solutions.map(\.translation.x) == [1, 2])
    }

    @Test("One bad view does not cost the lead")
    func keepsLead() {
        var followed = followed(2, 1.9)
        show([1.5, 2], to: &followed)
        #expect(followed.solutions.first?.translation.x == 0)
    }

    @Test("A wrong first answer is left within ten frames")
    func changesLead() {
        var followed = followed(2, 1.9)
        for _ in 0..<10 { show([1.7, 2.2], to: &followed) }
        #expect(followed.solutions.first?.translation.x == 1)
    }

    @Test("A newcomer is followed behind the leader; one that equals a followed solution is not")
    func newcomers() {
        var followed = followed(2)
        followed.add(solution(1, support: 2.1))
        followed.add(solution(0, support: 3))
        #expect(followed.solutions.map(\.translation.x) == [0, 1])
    }

    @Test("Solutions that meet become one")
    func merges() {
        var followed = followed(2, 1.9)
        followed.update { hypotheses in
            for i in hypotheses.indices { hypotheses[i].translation = .zero }
        }
        #expect(followed.solutions.count == 1)
    }
}
