/** How a run ends: its status, and what is said about it. Pure. */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { reported, type Reported } from "./CommandFailure.ts"
import type { CommandRunState } from "./CommandRun.ts"
import { DONE, type EndingSignal, FAILED, SIGNAL_STATUS } from "./ExitStatus.ts"

export interface ExitReport {
  readonly status: number
  /** The document of `--json`; `undefined` when there is nothing to print. */
  readonly stdout: string | undefined
  /** One line, or more with `debug`. */
  readonly stderr: string | undefined
}

export interface ReportOptions {
  readonly run: CommandRunState
  /** The signal that asked the program to end, if one came. */
  readonly signal: EndingSignal | undefined
  readonly json: boolean
  /** Say where the error came from (`--log-level debug`). */
  readonly debug: boolean
}

export const exitReport = (exit: Exit.Exit<unknown, unknown>, options: ReportOptions): ExitReport => {
  if (Exit.isSuccess(exit)) return silently(DONE)
  const { cause } = exit
  const failure = Option.getOrUndefined(Cause.failureOption(cause))
  if (isEndWith(failure)) return silently(failure.status)
  const error = describe(cause, failure, options.signal)
  if (options.signal !== undefined && options.run.isEndedBySignal && Cause.isInterruptedOnly(cause)) {
    return silently(DONE)
  }
  const trace = options.debug ? `\n${Cause.pretty(cause)}` : ""
  return {
    status: error.status,
    stdout: options.json ? document(error, options.run) : undefined,
    stderr: `redis-client: ${oneLine(error.message)}${trace}`
  }
}

const silently = (status: number): ExitReport => ({ status, stdout: undefined, stderr: undefined })

const isEndWith = (failure: unknown): failure is { readonly status: number } =>
  typeof failure === "object" && failure !== null && "_tag" in failure && failure._tag === "EndWith"

const describe = (
  cause: Cause.Cause<unknown>,
  failure: unknown,
  signal: EndingSignal | undefined
): Reported => {
  // What a signal cuts short may fail on its way out; the signal stays the reason.
  if (signal !== undefined && Cause.isInterrupted(cause)) {
    return {
      status: SIGNAL_STATUS[signal],
      tag: "Interrupted",
      message: `interrupted by ${signal}`,
      node: undefined
    }
  }
  if (failure !== undefined) return reported(failure)
  const [defect] = Cause.defects(cause)
  const what = defect instanceof Error ? `${defect.name}: ${defect.message}` : String(defect ?? "interrupted")
  return {
    status: FAILED,
    tag: "Defect",
    message: `unexpected failure (${what}); --log-level debug says where, please report it`,
    node: undefined
  }
}

const document = ({ message, node, tag }: Reported, run: CommandRunState): string =>
  JSON.stringify({ ...run.partial, error: { tag, message: oneLine(message), node: node ?? null } })

const oneLine = (message: string): string => message.trim().replace(/\s*[\r\n]+\s*/g, " ")
