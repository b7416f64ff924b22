/**
 * Commands from a stream of bytes: one to a line, quoted as in redis-cli, or in
 * the protocol's form when the first byte is `*`. No Effect, no I/O.
 */
import { ProtocolError } from "../../../protocol/ProtocolError.ts"
import * as Resp from "../../../protocol/Resp.ts"
import type { CommandArguments, RespValue } from "../../../protocol/Resp.ts"
import { RespDecoder } from "../../../protocol/RespDecoder.ts"
import { splitWords } from "../../Words.ts"
import { INVALID_REPEAT, readRepeat } from "../words/Repeat.ts"

/** What was read, and where. */
export interface ReadCommand {
  /** The line; in the protocol's form, which command it is. From 1. */
  readonly number: number
  /** Why it cannot be sent, when there are no words. */
  readonly problem: string | undefined
  /** At least one word. */
  readonly words: CommandArguments
  /** How often it is to be executed. */
  readonly times: number
  /** It is a command, even if its name is that of a built-in. */
  readonly isSent?: boolean
}

/** What redis-cli says of a line whose quotes do not close. */
export const INVALID_ARGUMENTS = "Invalid argument(s)"

const LINE_FEED = 0x0a
const ASTERISK = 0x2a
/** Neither quotes nor anything beyond ASCII: to be split at blanks. */
const PLAIN_LINE = /^[\t -!#-&(-~]*\r?$/
const BLANKS = /[ \t\r]+/

export class CommandReader {
  private readonly onCommand: (command: ReadCommand) => void
  private decoder: RespDecoder | undefined
  private isDecided = false
  /** Parts of a line whose end has not come. */
  private carried: Array<Buffer> = []
  private count = 0
  private failure: string | undefined

  constructor(onCommand: (command: ReadCommand) => void) {
    this.onCommand = onCommand
  }

  /** What `number` counts. */
  get unit(): "line" | "command" {
    return this.decoder === undefined ? "line" : "command"
  }

  /** Why nothing more can be read: what comes is no longer the protocol. */
  get problem(): string | undefined {
    return this.failure
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0 || this.failure !== undefined) return
    if (!this.isDecided) {
      this.isDecided = true
      if (chunk[0] === ASTERISK) this.decoder = new RespDecoder((value) => this.readRequest(value))
    }
    if (this.decoder === undefined) return this.pushLines(chunk)
    const error = this.decoder.push(chunk)
    if (error !== undefined) this.failure = describe(error)
  }

  /** The input is at its end: what is left is a last line, or a command that was cut off. */
  end(): void {
    if (this.decoder !== undefined) {
      if (!this.decoder.isAtBoundary && this.failure === undefined)
        this.failure = `the input ends within command ${this.count + 1}`
      return
    }
    if (this.carried.length > 0) this.readLine(this.takeCarried())
  }

  private pushLines(chunk: Buffer): void {
    let start = 0
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start)
      if (end < 0) break
      const rest = chunk.subarray(start, end)
      this.readLine(this.carried.length === 0 ? rest : this.takeCarried(rest))
      start = end + 1
    }
    // A copy: the chunk may be written to again.
    if (start < chunk.length) this.carried.push(Buffer.from(chunk.subarray(start)))
  }

  private takeCarried(rest?: Buffer): Buffer {
    const line = Buffer.concat(rest === undefined ? this.carried : [...this.carried, rest])
    this.carried = []
    return line
  }

  private readLine(line: Buffer): void {
    this.count++
    const text = line.toString("latin1")
    if (PLAIN_LINE.test(text)) {
      const words = text.split(BLANKS).filter((word) => word !== "")
      if (words.length === 0) return
      // A digit in front may be a number of repetitions.
      if (!startsWithDigit(words[0])) return this.emit(words, 1)
    }
    const words = splitWords(line)
    if (words === undefined) return this.refuse(INVALID_ARGUMENTS)
    if (words.length === 0) return
    const repeated = readRepeat(words)
    if (repeated === "invalid") return this.refuse(INVALID_REPEAT)
    const [name, ...args] = repeated.words
    this.emit([name.toString(), ...args], repeated.times)
  }

  private readRequest(value: RespValue): void {
    this.count++
    const words = value._tag === "Array" ? value.value : undefined
    if (words === undefined || !words.every(isBulkString)) {
      return this.refuse("not a command: an array of bulk strings was expected")
    }
    if (words.length === 0) return
    const [name, ...args] = words
    this.emit([Resp.utf8(name.value), ...args.map(({ value }) => value)], 1)
  }

  private emit(words: CommandArguments, times: number): void {
    this.onCommand({ number: this.count, problem: undefined, words, times })
  }

  private refuse(problem: string): void {
    this.onCommand({ number: this.count, problem, words: [""], times: 1 })
  }
}

const isBulkString = (value: RespValue): value is Resp.BulkString => value._tag === "BulkString"

const startsWithDigit = (word: string): boolean => /^[+-]?\d/.test(word)

const describe = ({ message, offset }: ProtocolError): string =>
  `the input is not the protocol: ${message} (at byte ${offset})`
