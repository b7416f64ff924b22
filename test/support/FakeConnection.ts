/**
 * One client's connection to a `FakeNode`: decodes its commands, keeps the
 * replies in order (a promised reply holds back those after it), and lets a
 * test cut, pause or speak first.
 */
import type { Socket } from "node:net"
import { RespDecoder } from "../../src/protocol/RespDecoder.ts"
import { RespEncoder } from "../../src/protocol/RespEncoder.ts"
import { type BulkString, elements, type RespValue, utf8 } from "../../src/protocol/Resp.ts"

export type FakeCommand = ReadonlyArray<string>

/**
 * A value is encoded for the version the connection speaks; a Buffer is sent
 * as it is. "close" sends what is due before it and closes the socket;
 * "silence" never answers this one command (a promise that never settles
 * answers neither it nor anything after it).
 */
export type FakeReply = RespValue | Buffer | "close" | "silence"

export class FakeConnection {
  /** Counts the connections of its node, from 0. */
  readonly index: number
  readonly commands: Array<FakeCommand> = []
  /** The command at hand, name included, as the bytes that were sent. */
  bytes: ReadonlyArray<Uint8Array> = []
  /** Which version replies are encoded for; HELLO 3 sets 3. */
  version: 2 | 3 = 2
  isAuthenticated = false
  /** Set by ASKING, for the one command after it. */
  isAsking = false
  isOpen = true
  /** CLIENT REPLY: replies to drop from here on. */
  repliesDropped: "none" | "next" | "all" = "none"

  private readonly socket: Socket
  private readonly due: Array<FakeReply | undefined> = []
  private firstDue = 0
  /** A "close" is due: what arrives after it is not read. */
  private isClosing = false
  private readonly encoder = new RespEncoder()

  constructor(
    index: number,
    socket: Socket,
    onCommand: (command: FakeCommand, connection: FakeConnection) => FakeReply | Promise<FakeReply>,
    onClose: () => void
  ) {
    this.index = index
    this.socket = socket
    const decoder = new RespDecoder((value) => {
      if (this.isClosing) return
      const words = (elements(value) ?? []).filter(isBulkString)
      const command = words.map((word) => utf8(word.value))
      this.bytes = words.map((word) => word.value)
      this.commands.push(command)
      this.answer(onCommand(command, this))
    })
    socket.on("data", (chunk: Buffer) => {
      const error = decoder.push(chunk)
      if (error === undefined) this.flush()
      else this.destroy()
    })
    socket.on("error", () => this.destroy())
    socket.on("close", () => {
      this.isOpen = false
      onClose()
    })
  }

  /** Cuts the connection at once; what was not sent is lost. */
  destroy(): void {
    this.isOpen = false
    this.socket.destroy()
  }

  /** Stops reading, as a hung server does: the client's bytes stay in the sockets' buffers. */
  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  /** Sends something that nobody asked for, ahead of replies still due. */
  push(unsolicited: RespValue | Buffer): void {
    this.flush()
    this.encode(unsolicited)
    this.write()
  }

  private answer(reply: FakeReply | Promise<FakeReply>): void {
    if (!(reply instanceof Promise)) {
      this.due.push(reply)
      this.isClosing = reply === "close"
      return
    }
    const place = this.firstDue + this.due.length
    this.due.push(undefined)
    void reply.then((settled) => {
      this.due[place - this.firstDue] = settled
      this.flush()
    })
  }

  private flush(): void {
    let sent = 0
    while (sent < this.due.length) {
      const reply = this.due[sent]
      if (reply === undefined) break
      sent++
      if (reply === "close") {
        this.write()
        this.isOpen = false
        this.socket.destroySoon()
        break
      }
      if (reply !== "silence") this.encode(reply)
    }
    this.due.splice(0, sent)
    this.firstDue += sent
    this.write()
  }

  private encode(reply: RespValue | Buffer): void {
    if (Buffer.isBuffer(reply)) this.encoder.raw(reply)
    else this.encoder.value(reply, this.version)
  }

  private write(): void {
    const bytes = this.encoder.take()
    if (bytes !== undefined && this.isOpen) this.socket.write(bytes)
  }
}

const isBulkString = (value: RespValue): value is BulkString => value._tag === "BulkString"
