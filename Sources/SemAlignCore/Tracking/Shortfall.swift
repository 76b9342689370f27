// SPDX-License-Identifier: Apache-2.0

/// What a frame had no time for.
enum Shortfall {
    case steps(made: Int, wanted: Int)
    case search

    /// Says where a budget of so many milliseconds ran out.
    func reason(budgetMilliseconds: Double) -> String {
        let budget = "the time budget of \(budgetMilliseconds) ms"
        return switch self {
        case .steps(let made, let wanted):
            "\(budget) ended the refinement after \(made) of \(wanted) steps"
        case .search: "\(budget) ended the search; the next one goes on from there"
        }
    }
}
