// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// Modules that a target may import, as the table of docs/architecture.md says.
private func allowedImports() throws -> [String: Set<String>] {
    let page = try String(contentsOf: root.appending(path: "docs/architecture.md"), encoding: .utf8)
    guard let heading = page.firstRange(of: "## Targets and arrows") else { return [:] }
    let section = page[heading.upperBound...].split(separator: "\n## ")[0]
    var allowed: [String: Set<String>] = [:]
    for line in section.split(separator: "\n") where line.hasPrefix("| `") {
        let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        guard cells.count == 3, let name = cells[0].split(separator: "`").first else { continue }
        let imports = cells[2].split(separator: "`").map(String.init).filter { $0.contains(/^\w+$/) }
        allowed[String(name)] = Set(imports)
    }
    return allowed
}

/// Modules that the Swift files below a folder import.
private func imports(below folder: URL) throws -> [String: Set<String>] {
    var found: [String: Set<String>] = [:]
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter {
        $0.hasSuffix(".swift")
    }
    for file in files {
        let source = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
        for line in source.split(separator: "\n") {
            guard
                let match = line.firstMatch(
                    of: /^\s*(?:@\w+ |public |internal |package |private )*import (?:struct |func )?(\w+)/)
            else { continue }
            found[String(match.1), default: []].insert(file)
        }
    }
    return found
}

@Suite struct ArchitectureTests {
    /// What the toolchain brings; Foundation is not among them for the core, the bags and the kernels.
    private static let system: Set<String> = ["Glibc", "Darwin", "Synchronization"]
    private static let withoutFoundation: Set<String> = [
        "SemAlignCore", "SemAlignBags", "CRC", "SemAlignTransport",
    ]

    @Test("Every target imports only what the table in docs/architecture.md lets it")
    func arrows() throws {
        let allowed = try allowedImports()
        let sources = root.appending(path: "Sources")
        for target in try FileManager.default.contentsOfDirectory(atPath: sources.path) {
            let rule = try #require(allowed[target], "\(target) is missing from docs/architecture.md")
            var free = Self.system
            if !Self.withoutFoundation.contains(target) {
                free.formUnion(["Foundation", "FoundationEssentials"])
            }
            for (module, files) in try imports(below: sources.appending(path: target)) {
                #expect(
                    rule.contains(module) || free.contains(module),
                    "\(target) may not import \(module): \(files.sorted().joined(separator: ", "))")
            }
        }
    }

    @Test("The table names no target that does not exist")
    func tableIsCurrent() throws {
        let targets = try FileManager.default.contentsOfDirectory(
            atPath: root.appending(path: "Sources").path)
        #expect(Set(try allowedImports().keys) == Set(targets))
    }
}
