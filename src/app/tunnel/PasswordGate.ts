/**
 * Lets nobody through to a server who has not said the tunnel's own password
 * with AUTH or HELLO: until then it answers in the server's place, as a server
 * with a password does. After that it is out of the way.
 */
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as net from "node:net"
import { isPassword, HELLO_WITHOUT_AUTH, WRONG_PASSWORD } from "./PasswordCheck.ts"
import { error, NOT_AUTHENTICATED, wrongArity } from "./smart/dispatch/Replies.ts"
import { COMMAND, MALFORMED, RequestScanner } from "./smart/request/RequestScanner.ts"
import { RespEncoder } from "../../protocol/RespEncoder.ts"

const OK = "+OK\r\n"
const DEFAULT_USER = "default"

/** What the server is to be sent first, once the client is let in; `undefined` when the client has gone. */
export const admit = (socket: net.Socket, password: Redacted.Redacted): Effect.Effect<Buffer | undefined> =>
  Effect.async((resume) => {
    const gate = new PasswordGate(socket, password, (first) => resume(Effect.succeed(first)))
    return Effect.sync(() => gate.leave())
  })

class PasswordGate {
  private readonly socket: net.Socket
  private readonly password: Redacted.Redacted
  private readonly done: (first: Buffer | undefined) => void
  private readonly scanner = new RequestScanner()
  private hasLeft = false

  constructor(socket: net.Socket, password: Redacted.Redacted, done: (first: Buffer | undefined) => void) {
    this.socket = socket
    this.password = password
    this.done = done
    this.scanner.isUnauthenticated = true
    socket.on("data", this.onData)
    socket.on("end", this.onEnd)
    socket.on("close", this.onEnd)
    if (socket.destroyed) this.onEnd()
  }

  leave(): void {
    this.hasLeft = true
    this.socket.off("data", this.onData)
    this.socket.off("end", this.onEnd)
    this.socket.off("close", this.onEnd)
  }

  private readonly onData = (chunk: Buffer): void => {
    const { scanner } = this
    scanner.append(chunk)
    let found = scanner.next()
    for (; found === COMMAND && !this.hasLeft; found = scanner.next()) {
      const first = this.judge()
      if (first === undefined) continue
      this.leave()
      this.socket.pause()
      return this.done(Buffer.concat([first, scanner.rest()]))
    }
    if (found === MALFORMED) {
      this.say(error(scanner.error))
      this.onEnd()
    } else if (this.socket.writableNeedDrain) {
      // A stranger that does not read is not stored up for.
      this.socket.pause()
      this.socket.once("drain", () => this.socket.resume())
    }
  }

  private readonly onEnd = (): void => {
    this.leave()
    this.socket.end()
    this.done(undefined)
  }

  /** Answers a command, or lets the client in and gives back what the server is to be told of it. */
  private judge(): Buffer | undefined {
    const { bytes, ends, starts } = this.scanner
    const words = Array.from({ length: this.scanner.argc }, (_, index) =>
      Buffer.from(bytes.subarray(starts[index], ends[index]))
    )
    switch (words[0].toString("latin1").toLowerCase()) {
      case "auth":
        return this.judgeAuth(words)
      case "hello":
        return this.judgeHello(words)
      case "quit":
        this.say(OK)
        this.onEnd()
        return undefined
      default:
        return this.say(NOT_AUTHENTICATED)
    }
  }

  private judgeAuth(words: ReadonlyArray<Buffer>): Buffer | undefined {
    if (words.length < 2) return this.say(wrongArity("auth"))
    if (words.length > 3) return this.say(error("ERR syntax error"))
    if (!this.isRight(words.slice(1))) return this.say(error(WRONG_PASSWORD))
    this.say(OK)
    return NOTHING
  }

  /** The server gets the rest of it, and greets the client itself. */
  private judgeHello(words: ReadonlyArray<Buffer>): Buffer | undefined {
    const place = words.findIndex((word, index) => index > 1 && /^auth$/i.test(word.toString("latin1")))
    if (place < 0 || place + 2 >= words.length) return this.say(error(HELLO_WITHOUT_AUTH))
    if (!this.isRight(words.slice(place + 1, place + 3))) return this.say(error(WRONG_PASSWORD))
    const encoder = new RespEncoder()
    encoder.command([...words.slice(0, place), ...words.slice(place + 3)] as ReadonlyArray<Uint8Array>)
    return encoder.take()
  }

  private isRight(credentials: ReadonlyArray<Buffer>): boolean {
    const isKnown = credentials.length === 1 || credentials[0].toString() === DEFAULT_USER
    return isPassword(this.password, credentials[credentials.length - 1]) && isKnown
  }

  private say(reply: string | Buffer): undefined {
    this.socket.write(reply)
  }
}

const NOTHING: Buffer = Buffer.alloc(0)
