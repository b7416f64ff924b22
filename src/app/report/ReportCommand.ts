/** The command `report`: `report merge FILE...` makes one report of those of the shards of a data set. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import { readFile } from "node:fs/promises"
import { CommandFailure } from "../CommandFailure.ts"
import { CommandLineError, printable } from "../CommandLineError.ts"
import { flagOption } from "../CommandOption.ts"
import { CommandRun } from "../CommandRun.ts"
import { print, printJson } from "../Output.ts"
import { mergedDocument, mergedText, mergeReports, problemOfMerged } from "./MergedReport.ts"
import { parseReports, type ShardReport } from "./ShardReport.ts"

const options = {
  json: flagOption({ name: "json", description: "print the merged report as one JSON document" }),
  words: Args.repeated(
    Args.withDescription(
      Args.text({ name: "WORD" }),
      "merge, and the files with what fill --json has printed, one report per line"
    )
  )
}

type Given = Command.Command.ParseConfig<typeof options>

export const reportCommand: Command.Command<"report", never, CommandFailure | CommandLineError, Given> =
  Command.make("report", options, (given) => report(given)).pipe(
    Command.withDescription(
      "Merges the reports of fill --json on several machines into one, and says which shards are missing."
    )
  )

const report = ({
  json,
  words: [what, ...files]
}: Given): Effect.Effect<void, CommandFailure | CommandLineError> =>
  what === "merge" && files.length > 0
    ? merge(files, json)
    : Effect.fail(
        new CommandLineError({
          message: "report: not understood; allowed: report merge FILE..., as report merge shard-*.json"
        })
      )

const merge = (files: ReadonlyArray<string>, json: boolean): Effect.Effect<void, CommandFailure> =>
  Effect.gen(function* () {
    const reports = (yield* Effect.forEach(files, readReports)).flat()
    const merged = mergeReports(reports)
    if (typeof merged === "string") {
      return yield* failure("ReportMismatch", `the reports are not of one data set: ${merged}`)
    }
    const run = yield* CommandRun
    run.onFailure(() => mergedDocument(merged))
    const problem = problemOfMerged(merged)
    if (!json) yield* print(mergedText(merged))
    if (problem !== undefined) return yield* failure("Incomplete", problem)
    if (json) yield* printJson(mergedDocument(merged))
  })

const readReports = (file: string): Effect.Effect<ReadonlyArray<ShardReport>, CommandFailure> =>
  Effect.gen(function* () {
    const text = yield* Effect.tryPromise({
      try: () => readFile(file, "utf8"),
      catch: (error) => unreadable(file, `cannot be read (${codeOf(error)})`)
    })
    const reports = parseReports(text)
    return typeof reports === "string" ? yield* unreadable(file, reports) : reports
  })

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "unknown error"

const unreadable = (file: string, problem: string): CommandFailure =>
  new CommandFailure({ tag: "ReportUnreadable", message: `${printable(file)}: ${problem}` })

const failure = (tag: string, message: string): Effect.Effect<never, CommandFailure> =>
  Effect.fail(new CommandFailure({ tag, message }))
