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
import { exitReport } from "./ExitReport.ts"
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
  endOnBrokenPipe()
  const effect = program(root, normalised, names, version).pipe(
    Effect.provideService(CommandRun, run),
    Effect.provide(environment(normalised, debug)),
    // As a value, since Effect logs the failure of a root fiber itself (at level debug).
    Effect.exit
  )
  NodeRuntime.runMain(effect, {
    disableErrorReporting: true,
    disablePrettyLogger: true,
    teardown: (exit) => {
      const report = exitReport(outcome(exit), {
        run,
        signal: signal(),
        json: normalised.json,
        debug
      })
      statusLine().clear()
      if (report.stderr !== undefined) statusLine().print(report.stderr)
      // At once, also on success: a handle that a library left open must not hold the process.
      const text = report.stdout === undefined ? "" : `${report.stdout}\n`
      process.stdout.write(text, () => process.exit(report.status))
    }
  })
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

/** Whoever read our output has gone: nobody is left to be told. */
const endOnBrokenPipe = (): void => {
  const end = (error: NodeJS.ErrnoException): void => {
    if (error.code === "EPIPE") process.exit(FAILED)
    throw error
  }
  process.stdout.on("error", end)
  process.stderr.on("error", end)
}
