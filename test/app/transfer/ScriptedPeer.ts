/**
 * The server's end of a stream, in memory: decodes what is written, as late as
 * the test lets the system take it, and answers when the test says so.
 */
import { Duplex } from "node:stream"
import { RespDecoder } from "../../../src/protocol/RespDecoder.ts"
import { elements, text } from "../../../src/protocol/Resp.ts"

export class ScriptedPeer extends Duplex {
  /** Commands received and not yet answered, oldest first. */
  readonly unanswered: Array<ReadonlyArray<string>> = []
  /** All commands ever received. */
  readonly commands: Array<ReadonlyArray<string>> = []
  /** Called with every command as it is read. */
  onCommand: (command: ReadonlyArray<string>) => void = () => {}
  private readonly decoder = new RespDecoder((value) => {
    const command = (elements(value) ?? []).map((word) => text(word) ?? "")
    this.commands.push(command)
    this.unanswered.push(command)
    this.onCommand(command)
  })
  private isStalled = false
  private taken: { readonly chunk: Buffer; readonly done: (error?: Error) => void } | undefined

  constructor() {
    super({ allowHalfOpen: true })
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.taken = { chunk, done }
    if (!this.isStalled) setImmediate(() => this.readTaken())
  }

  /** From here on nothing more is read, and no write completes. */
  stall(): void {
    this.isStalled = true
  }

  /** Reads on. The bytes are looked at only now: whoever changes them before is found out. */
  goOn(): void {
    this.isStalled = false
    this.readTaken()
  }

  /** The write under way fails, as on a reset connection. */
  failWrite(message: string): void {
    this.taken?.done(new Error(message))
  }

  receive(text: string): void {
    this.emit("data", Buffer.from(text))
  }

  /** Answers the oldest `count` commands, all of them by default. */
  answer(reply = "+OK\r\n", count: number = this.unanswered.length): void {
    this.unanswered.splice(0, count)
    this.receive(reply.repeat(count))
  }

  private readTaken(): void {
    if (this.taken === undefined || this.isStalled) return
    const { chunk, done } = this.taken
    this.taken = undefined
    const error = this.decoder.push(chunk)
    if (error !== undefined) throw new Error(error.message)
    done()
  }
}

/** Keys of a MSET or SET. */
export const keysOfCommand = ([name, ...args]: ReadonlyArray<string>): ReadonlyArray<string> =>
  name === "MSET" ? args.filter((_, position) => position % 2 === 0) : args.slice(0, 1)
