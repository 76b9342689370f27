// SPDX-License-Identifier: Apache-2.0

/// One thing that the doctor looked at.
public struct Finding: Hashable, Sendable {
    /// What it means.
    public enum Verdict: String, Hashable, Sendable, CaseIterable {
        /// As it should be.
        case good
        /// Nothing to mend now, worth knowing.
        case note
        /// Costs latency, accuracy or time.
        case warning
        /// Does not work like this.
        case problem
        /// Cannot be seen from here.
        case unknown
    }

    /// Short name that programs can rely on, such as `governor`.
    public let name: String
    /// What it means.
    public let verdict: Verdict
    /// What was found, with figures.
    public let found: String
    /// Whether and why it matters here.
    public let matter: String
    /// The command or setting that mends it; empty where nothing is to be done.
    public let remedy: String

    /// Joins the parts of a finding.
    public init(_ name: String, _ verdict: Verdict, found: String, matter: String = "", remedy: String = "") {
        self.name = name
        self.verdict = verdict
        self.found = found
        self.matter = matter
        self.remedy = remedy
    }
}
