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
        for (target, folder) in try Self.targets() {
            let rule = try #require(allowed[target], "\(target) is missing from docs/architecture.md")
            var free = Self.system
            if !Self.withoutFoundation.contains(target) {
                free.formUnion(["Foundation", "FoundationEssentials"])
            }
            for (module, files) in try imports(below: folder) {
                #expect(
                    rule.contains(module) || free.contains(module),
                    "\(target) may not import \(module): \(files.sorted().joined(separator: ", "))")
            }
        }
    }

    @Test("The table names no target that does not exist")
    func tableIsCurrent() throws {
        #expect(Set(try allowedImports().keys) == Set(try Self.targets().keys))
    }

    @Test("The package of benchmarks asks for products that the main package has")
    func benchmarks() throws {
        let manifests = try ["Benchmarks/Package.swift", "Package.swift"].map {
            try String(contentsOf: root.appending(path: $0), encoding: .utf8)
        }
        let asked = manifests[0].matches(of: /product\(name: "(\w+)", package: "semalign"\)/).map(\.1)
        let libraries = manifests[1].matches(of: /\.library\(\s*name: "(\w+)"/).map(\.1)
        #expect(!asked.isEmpty)
        for name in asked { #expect(libraries.contains(name), "\(name)") }
    }

    /// Folders of all targets that are no tests, by name: the program's and the benchmarks'.
    private static func targets() throws -> [String: URL] {
        var found: [String: URL] = [:]
        for folder in ["Sources", "Benchmarks/Sources"].map({ root.appending(path: $0) }) {
            for target in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                found[target] = folder.appending(path: target)
            }
        }
        return found
    }
}

/// The files and tests that docs/method.md names.
@Suite struct MethodPageTests {
    private static let page = root.appending(path: "docs/method.md")

    /// Files below a folder, by name.
    private func files(below folder: String) throws -> [String: URL] {
        let base = root.appending(path: folder)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: base.path)
        return Dictionary(paths.map { (($0 as NSString).lastPathComponent, base.appending(path: $0)) }) {
            first, _ in first
        }
    }

    @Test("Every source file that the page of the method names exists")
    func sources() throws {
        let page = try String(contentsOf: Self.page, encoding: .utf8)
        let known = try files(below: "Sources")
        let named = page.matches(of: /`(\w+\.(?:swift|cpp|inc))`/).map { String($0.1) }
        #expect(named.count > 30)
        for name in named { #expect(known[name] != nil, "\(name)") }
    }

    @Test("Every test that the page of the method names exists")
    func tests() throws {
        let page = try String(contentsOf: Self.page, encoding: .utf8)
        let known = try files(below: "Tests")
        var count = 0
        for line in page.split(separator: "\n") {
            var suite = ""
            for match in line.matches(of: /`(\w+Tests)?\.(\w+)`/) {
                if let name = match.1 { suite = String(name) }
                let file = try #require(known[suite + ".swift"], "\(suite) in: \(line)")
                let text = try String(contentsOf: file, encoding: .utf8)
                #expect(text.contains("func \(match.2)("), "\(suite).\(match.2)")
                count += 1
            }
        }
        #expect(count > 30)
    }
}
