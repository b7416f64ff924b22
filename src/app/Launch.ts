/** Runs the program as the process: environment, logger, signals, and how it ends. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Exit from "effect/Exit"
import { type CommandNames, type NormalisedArgv, normalise } from "./Argv.ts"
import { CommandRun, CommandRunState } from "./CommandRun.ts"
import { exitReport, type ExitReport } from "./ExitReport.ts"
import { type EndingSignal, FAILED } from "./ExitStatus.ts"
import { type ParserEnvironment, program, type Root } from "./Program.ts"
import { statusLine } from "./StatusLine.ts"
import * as StderrLogger from "./StderrLogger.ts"

export const launch = <E, A>(
  root: Root<ParserEnvironment, E, A>,
  names: CommandNames,
  argv: ReadonlyArray<string>,
  version: string
): void => {
  const normalised = normalise(argv, names)
  const run = new CommandRunState()
  const debug = isDebug(normalised)
  const signal = firstSignal()
  const finish = (exit: Exit.Exit<unknown, unknown>): void =>
    end(exitReport(exit, { run, signal: signal(), json: normalised.json, debug }))
  watchStreams()
  // What is thrown outside of any Effect, as in a socket's callback.
  process.on("uncaughtException", (error) => finish(Exit.die(error)))
  const effect = program(root, normalised, names, version).pipe(
    Effect.provideService(CommandRun, run),
    Effect.provide(environment(normalised, debug)),
    // As a value, since Effect logs the failure of a root fiber itself (at level debug).
    Effect.exit
  )
  NodeRuntime.runMain(effect, {
    disableErrorReporting: true,
    disablePrettyLogger: true,
    teardown: (exit) => finish(outcome(exit))
  })
}

/** Ends the process at once, also on success: a handle that a library left open must not hold it. */
const end = (report: ExitReport): void => {
  statusLine().clear()
  if (report.stderr !== undefined) statusLine().print(report.stderr)
  const text = report.stdout === undefined ? "" : `${report.stdout}\n`
  process.stdout.write(text, () => process.exit(report.status))
}

/** The program's own exit, inside that of the fiber unless a signal came in between. */
const outcome = (exit: Exit.Exit<unknown, unknown>): Exit.Exit<unknown, unknown> =>
  Exit.isSuccess(exit) && Exit.isExit(exit.value) ? exit.value : exit

const isDebug = ({ logLevel }: NormalisedArgv): boolean =>
  logLevel === "debug" || logLevel === "trace" || logLevel === "all"

const environment = ({ logLevel }: NormalisedArgv, debug: boolean): Layer.Layer<ParserEnvironment> => {
  const level = LogLevel.allLevels.find(({ _tag }) => _tag.toLowerCase() === logLevel) ?? LogLevel.Info
  return Layer.mergeAll(
    NodeFileSystem.layer,
    NodePath.layer,
    NodeTerminal.layer,
    StderrLogger.layer(debug),
    Logger.minimumLogLevel(level)
  )
}

/**
 * The first signal that asks the process to end. runMain interrupts the program
 * on SIGINT and SIGTERM and then stops listening, so that a second one ends the
 * process at once; a terminal that goes away (SIGHUP) is made to do the same.
 */
const firstSignal = (): (() => EndingSignal | undefined) => {
  let first: EndingSignal | undefined
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => (first ??= signal))
  process.once("SIGHUP", () => {
    first ??= "SIGHUP"
    process.emit("SIGTERM")
  })
  return () => first
}

/** Output that cannot be written ends the program: quietly when whoever read it has gone. */
const watchStreams = (): void => {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE")
      statusLine().print(`redis-client: standard output cannot be written (${error.code})`)
    process.exit(FAILED)
  })
  process.stderr.on("error", () => process.exit(FAILED))
}
