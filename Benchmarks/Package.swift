// swift-tools-version: 6.2
import PackageDescription

// A package of its own: whoever builds the program does not build what measures it.

let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "semalign", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        .executableTarget(
            name: "SemAlignBenchmarks",
            dependencies: [
                .product(name: "SemAlign", package: "semalign"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: [
                .strictMemorySafety(),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
