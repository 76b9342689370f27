// swift-tools-version: 6.2
import PackageDescription

// The arrows between targets are listed in docs/architecture.md; ArchitectureTests compares them with
// the imports that the sources really contain.

let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

// SwiftPM defines no NDEBUG of its own, and Eigen at -O0 is unusably slow: so C++ is optimised in debug too.
let cxx: [CXXSetting] = [
    .define("NDEBUG", .when(configuration: .release)),
    .unsafeFlags(["-O2"], .when(configuration: .debug)),
]

func core(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: swift)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: swift)
}

let package = Package(
    name: "semalign",
    products: [
        .executable(name: "semalign", targets: ["SemAlignCLI"]),
        // For Benchmarks/, a package of its own.
        .library(
            name: "SemAlign",
            targets: [
                "SemAlignCore", "SemAlignSimulation", "SemAlignEvaluation", "SemAlignDatasets",
                "SemAlignBags", "SemAlignTransport", "SemAlignNode", "SemAlignProfiling", "CSystem",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        // System libraries.
        .systemLibrary(name: "CEigen", pkgConfig: "eigen3", providers: [.apt(["libeigen3-dev"])]),
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CLZ4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CDeflate", providers: [.apt(["libdeflate-dev"])]),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),

        // C and C++ behind C headers.
        .target(
            name: "SemAlignKernels", dependencies: ["CEigen"], cxxSettings: cxx,
            linkerSettings: [.linkedLibrary("m")]),
        .target(
            name: "COpenCV",
            cxxSettings: cxx + [.unsafeFlags(["-isystem", "/usr/include/opencv4"])],
            linkerSettings: [.linkedLibrary("opencv_imgproc"), .linkedLibrary("opencv_core")]),
        .target(name: "CImageCodecs", linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg")]),

        // The method.
        core("SemAlignCore", ["SemAlignKernels"]),

        // The rim: these do not see each other, except Datasets -> Images.
        core("CRC", ["CDeflate"]),
        core("SemAlignProfiling"),
        .target(name: "CAllocations"),
        .target(name: "CSystem"),
        core("SemAlignImages", ["SemAlignCore", "CRC", "CImageCodecs", "COpenCV"]),
        core(
            "SemAlignMessages",
            ["SemAlignCore", "CRC", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            exclude: ["Schemas"]),
        core("SemAlignTransport", ["CZeroMQ"]),
        core("SemAlignBags", ["CRC", "CZstd", "CLZ4"]),
        core("SemAlignDatasets", ["SemAlignCore", "SemAlignImages"]),
        core("SemAlignSimulation", ["SemAlignCore"]),
        core("SemAlignEvaluation", ["SemAlignCore"]),

        // Where they meet.
        core(
            "SemAlignImport",
            [
                "SemAlignCore", "SemAlignImages", "SemAlignMessages", "SemAlignBags", "CSQLite", "CZstd",
                "Yams",
            ]),
        core(
            "SemAlignNode",
            [
                "SemAlignCore", "SemAlignImages", "SemAlignMessages", "SemAlignTransport", "SemAlignBags",
                "SemAlignProfiling", "CSystem",
                .product(name: "Logging", package: "swift-log"), "Yams",
            ]),
        .executableTarget(
            name: "SemAlignCLI",
            dependencies: [
                "SemAlignCore", "SemAlignImages", "SemAlignMessages", "SemAlignTransport", "SemAlignBags",
                "SemAlignDatasets", "SemAlignSimulation", "SemAlignEvaluation", "SemAlignNode",
                "SemAlignProfiling", "CAllocations", "SemAlignImport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: swift),

        tests("ArchitectureTests", []),
        tests(
            "SemAlignCoreTests",
            ["SemAlignCore", "SemAlignKernels", "SemAlignSimulation", "CAllocations"]),
        tests("SemAlignImagesTests", ["SemAlignImages", "SemAlignCore"]),
        tests("SemAlignMessagesTests", ["SemAlignMessages", "SemAlignCore"]),
        tests("SemAlignTransportTests", ["SemAlignTransport"]),
        tests("SemAlignBagsTests", ["SemAlignBags", "CRC"], resources: [.copy("Conformance")]),
        tests(
            "SemAlignImportTests",
            ["SemAlignImport", "SemAlignBags", "SemAlignCore", "SemAlignImages", "SemAlignMessages"],
            resources: [.copy("Python")]),
        tests("SemAlignDatasetsTests", ["SemAlignDatasets", "SemAlignCore", "SemAlignImages"]),
        tests("SemAlignSimulationTests", ["SemAlignSimulation", "SemAlignCore"]),
        tests("SemAlignProfilingTests", ["SemAlignProfiling"]),
        tests("SemAlignEvaluationTests", ["SemAlignEvaluation", "SemAlignCore"]),
        tests(
            "SemAlignNodeTests",
            [
                "SemAlignNode", "SemAlignCore", "SemAlignMessages", "SemAlignTransport", "SemAlignBags",
                "SemAlignImages", "SemAlignSimulation", "SemAlignProfiling",
            ]),
        tests("CommandLineTests", ["SemAlignBags", "SemAlignMessages", "SemAlignCore"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
