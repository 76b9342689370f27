// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignDatasets

/// Work in parts, for more than one machine.
struct Shard: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Split evaluation or replay into parts for several machines, and join the results.",
        discussion: """
            'plan' lists the work, 'run' does one part of any number of parts, 'merge' joins them: the same bytes for \
            any number of parts, in any order, also after parts were killed and run again. Drivers for Ray, Dask \
            and Slurm lie in launch/: docs/evaluation.md.

            EXAMPLE: semalign shard plan mugs/dataset.json -r mug.semalign --split dev -o plan.jsonl
            """,
        subcommands: [Plan.self, Run.self, Merge.self])

    /// Lists the work.
    struct Plan: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the work: images of a dataset or a benchmark, or bags.",
            discussion: """
                A dataset's images are merged into the report of 'evaluate'; a benchmark's into alignments for \
                'evaluate --alignments'; bags are answered as 'replay' does. What follows --with is for the parts: \
                options of 'evaluate' (--with --solver adamw) or of 'replay' (--with --config FILE).

                EXAMPLE: semalign shard plan a.mcap b.mcap -r mug.semalign -o plan.jsonl
                """)

        @Argument(help: "Dataset, benchmark's folder, or bags (.mcap).")
        var inputs: [String]
        @Option(name: .shortAndLong, help: "Representation file; for a benchmark a folder of them.")
        var representation: String
        @Option(help: "Split of a dataset or a benchmark.")
        var split: String?
        @Option(name: .shortAndLong, help: "Plan to write.")
        var output: String
        @Option(
            parsing: .remaining, help: "Options of 'evaluate' or 'replay' that the parts repeat; comes last.")
        var with: [String] = []

        func run() throws {
            let areBags = inputs.allSatisfy { $0.hasSuffix(".mcap") }
            // Mistakes in the options come to light here and not in a thousand jobs.
            let sharded = try areBags ? nil : ShardedOptions.parse(with)
            if areBags { _ = try NodeOptions.parse(with) }
            let plan = try ShardPlanner(
                inputs: inputs, representation: representation, split: split,
                categories: sharded?.pairs.category ?? [],
                pairOptions: sharded?.pairs ?? PairOptions.parse([]),
                options: with
            ).plan()
            try RecordFile.write(plan.lines, to: output)
            let bytes = plan.units.reduce(0) { $0 + $1.bytes }
            print("\(output): \(plan.units.count) units, \((Double(bytes) / 1_048_576).fixed(1)) MiB to read")
        }
    }

    /// Does a part.
    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Do one part of a plan; what is done already is left as it is.",
            discussion: """
                Parts count from 0. With --shard N the number comes from SLURM_ARRAY_TASK_ID or \
                JOB_COMPLETION_INDEX. Exit codes: 0 done, 65 done but some units have bad data (recorded, not \
                worth a retry), 75 try again.

                EXAMPLE: semalign shard run plan.jsonl --shard 0/8 --output results
                """)

        @Argument(help: "Plan.")
        var plan: String
        @Option(help: ArgumentHelp("Which part of how many.", valueName: "i/n"))
        var shard: ShardNumber
        @Option(name: .shortAndLong, help: "Folder of results.")
        var output: String

        func run() throws {
            let index = try shard.resolved(ProcessEnvironment.all)
            let worker = ShardWorker(
                plan: try ShardPlan(path: plan), folder: output, shard: index, count: shard.count)
            var progress = ProgressBar("shard \(index)/\(shard.count)")
            let outcome: ShardWorker.Outcome
            do {
                outcome = try worker.run { progress.update($0, of: $1) }
            } catch let error as CommandFailure where error.code == 73 || error.code == 74 {
                throw CommandFailure(code: 75, message: error.message)
            }
            progress.finish()
            print(
                "\(worker.path): \(outcome.units) units, \(outcome.failed) with bad data"
                    + (outcome.wasDone ? ", done before" : ""))
            if outcome.failed > 0 {
                throw CommandFailure.badData("\(outcome.failed) of \(outcome.units) units have bad data")
            }
        }
    }

    /// Joins the parts.
    struct Merge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Join the results of all parts of a plan.",
            discussion: """
                Prints what 'evaluate --json' or a table of replays; for a benchmark writes the alignments to \
                --alignments. Parts that are missing are listed (exit code 75), units that occur twice refused.

                EXAMPLE: semalign shard merge plan.jsonl results
                """)

        @Argument(help: "Plan.")
        var plan: String
        @Argument(help: "Folder of results.")
        var folder: String
        @Option(help: "Folder to write a benchmark's alignments to.")
        var alignments: String?

        func run() throws {
            let plan = try ShardPlan(path: plan)
            let merge = try ShardMerge(plan, folder: folder)
            for failure in merge.failures { StandardError.note("\(failure.key): \(failure.reason)") }
            switch plan.heading.kind {
            case .evaluate: print(try merge.evaluation().json.line)
            case .replay: print(merge.replays().line)
            case .align:
                guard let alignments else {
                    throw CommandFailure.usage("name the folder for the alignments with --alignments")
                }
                let count = try merge.writeAlignments(to: alignments)
                print("\(alignments): \(count) alignments; go on with 'semalign evaluate --alignments'")
            }
        }
    }
}

/// Options of `evaluate` that decide what shards do.
struct ShardedOptions: ParsableArguments {
    @OptionGroup var observation: ObservationOptions
    @OptionGroup var pairs: PairOptions
}
