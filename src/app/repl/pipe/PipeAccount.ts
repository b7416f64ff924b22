/** What has become of the commands of a mass insertion. */
import * as Either from "effect/Either"
import type { ClientError } from "../../../client/ClusterError.ts"
import { errorKind } from "../../../protocol/Redirection.ts"
import * as Resp from "../../../protocol/Resp.ts"
import type { JsonDocument } from "../../CommandRun.ts"
import { number } from "../../KeyProgress.ts"
import type { ProgressText } from "../../Progress.ts"
import { RateMeter } from "../../RateMeter.ts"
import { wordText } from "../nodes/NodeAnswers.ts"
import { replyOf } from "../reply/ErrorReply.ts"
import type { ReadCommand } from "./CommandReader.ts"
import type { Result } from "./DividedBatch.ts"

/** Errors that are told one by one; the others are counted. */
const MOST_TOLD = 100

interface PipeError {
  readonly number: number
  /** The command's name. */
  readonly command: string
  readonly message: string
  readonly node: string | undefined
}

export class PipeAccount {
  private readonly unit: () => "line" | "command"
  private readonly now: () => number
  private readonly started: number
  private readonly meter = new RateMeter()
  private readonly kinds = new Map<string, number>()
  private readonly told: Array<PipeError> = []
  private sent = 0
  private ok = 0
  private errors = 0
  private ended: number | undefined
  /** Why the input was not read or not sent to its end. */
  private problem: string | undefined

  constructor(unit: () => "line" | "command", now: () => number = () => performance.now()) {
    this.unit = unit
    this.now = now
    this.started = now()
    this.meter.update(0)
  }

  get isClean(): boolean {
    return this.errors === 0 && this.problem === undefined
  }

  /** What became of a command that was sent. */
  add(command: ReadCommand, result: Result): void {
    this.sent++
    if (Either.isLeft(result)) return this.addFailure(command, result.left)
    const said = result.right
    if (said._tag !== "Answer" || !Resp.isError(said.reply)) {
      this.ok++
      return
    }
    this.addError(command, withoutArguments(said.reply.value), said.node)
  }

  private addFailure(command: ReadCommand, error: ClientError): void {
    const isUnknown = error._tag === "ConnectionError" && error.sent === "maybe"
    const { value } = replyOf(error)
    this.addError(
      command,
      isUnknown ? `perhaps done: ${value}` : value,
      "node" in error ? error.node : undefined
    )
  }

  /** A command that could not be sent. */
  refuse(command: ReadCommand, problem: string): void {
    this.addError(command, problem, undefined)
  }

  private addError(command: ReadCommand, message: string, node: string | undefined): void {
    this.errors++
    const kind = errorKind(message)
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1)
    if (this.told.length < MOST_TOLD) {
      this.told.push({ number: command.number, command: wordText(command.words[0]), message, node })
    }
  }

  /** Nothing more comes of the input. */
  end(problem: string | undefined): void {
    this.ended = this.now()
    this.problem = problem
  }

  private get seconds(): number {
    return Math.max(0.001, ((this.ended ?? this.now()) - this.started) / 1000)
  }

  text(): string {
    const { errors, kinds, ok, problem, sent, seconds, told } = this
    const rate = number(Math.round(sent / seconds))
    const lines = [
      `sent ${number(sent)} commands in ${seconds.toFixed(2)} s: ${rate} commands/s; ok ${number(ok)}, ` +
        (errors === 0 ? "no errors" : `errors ${number(errors)}`),
      ...Array.from(kinds, ([kind, count]) => `  ${kind}: ${number(count)}`),
      ...told.map(
        ({ command, message, node, number }) =>
          `${this.unit()} ${number}: ${command}: ${message}${node === undefined ? "" : ` (${node})`}`
      )
    ]
    if (errors > told.length) lines.push(`and ${number(errors - told.length)} more`)
    if (this.ended === undefined) lines.push("interrupted: what follows in the input was not sent")
    if (problem !== undefined) lines.push(problem)
    return lines.join("\n")
  }

  document(): JsonDocument {
    return {
      sent: this.sent,
      ok: this.ok,
      errors: this.errors,
      seconds: Number(this.seconds.toFixed(3)),
      complete: this.ended !== undefined && this.problem === undefined,
      problem: this.problem ?? null,
      unit: this.unit(),
      kinds: Object.fromEntries(this.kinds),
      failures: this.told.map((failure) => ({ ...failure, node: failure.node ?? null }))
    }
  }

  get progress(): ProgressText {
    const line = (): string => {
      const rate = number(Math.round(this.meter.update(this.sent)))
      return `${number(this.sent)} commands sent, ${rate} commands/s, errors ${number(this.errors)}`
    }
    return { terminal: line, plain: line }
  }
}

/** What a server says of an unknown command repeats its arguments, which may be secrets. */
const withoutArguments = (message: string): string => message.replace(/, with args beginning with:[^]*/, "")
