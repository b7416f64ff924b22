/**
 * A key-value store of strings behind the scripted nodes: just enough commands
 * for what is written through a client to be read back. Also useful as the
 * script of a single `FakeNode`: `FakeNode.make((command, { bytes }) => store.run(command, bytes))`.
 */
import { calculateSlot } from "../../src/protocol/HashSlot.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { type RespValue, utf8 } from "../../src/protocol/Resp.ts"
import type { FakeCommand } from "./FakeConnection.ts"

export class FakeStore {
  readonly entries = new Map<string, Uint8Array>()

  /** The keys of a command that the store knows; none for any other. */
  static keysOf(command: FakeCommand): ReadonlyArray<string> {
    switch (command[0]?.toUpperCase()) {
      case "GET":
      case "SET":
      case "INCR":
        return command.slice(1, 2)
      case "MGET":
      case "DEL":
      case "UNLINK":
      case "EXISTS":
      case "TOUCH":
        return command.slice(1)
      case "MSET":
        return command.filter((_, index) => index % 2 === 1)
      default:
        return []
    }
  }

  has(key: string): boolean {
    return this.entries.has(key)
  }

  /**
   * The reply; `undefined` for a command that the store does not know. Values
   * are kept as the `bytes` of the command (`connection.bytes`), where given.
   */
  run(
    command: FakeCommand,
    bytes: ReadonlyArray<Uint8Array> = command.map((word) => Buffer.from(word))
  ): RespValue | undefined {
    const [name = "", ...args] = command
    switch (name.toUpperCase()) {
      case "GET":
        return args.length === 1 ? this.read(args[0]) : wrongArity("get")
      case "SET":
        if (args.length < 2) return wrongArity("set")
        this.entries.set(args[0], bytes[2])
        return Resp.ok
      case "INCR":
        return this.increment(args[0])
      case "MGET":
        return Resp.array(args.map((key) => this.read(key)))
      case "MSET":
        if (args.length === 0 || args.length % 2 === 1) return wrongArity("mset")
        for (let index = 0; index < args.length; index += 2) this.entries.set(args[index], bytes[index + 2])
        return Resp.ok
      case "DEL":
      case "UNLINK":
        return Resp.integer(args.filter((key) => this.entries.delete(key)).length)
      case "EXISTS":
      case "TOUCH":
        return Resp.integer(args.filter((key) => this.has(key)).length)
      case "DBSIZE":
        return Resp.integer(this.entries.size)
      case "FLUSHALL":
        this.entries.clear()
        return Resp.ok
      default:
        return undefined
    }
  }

  moveKey(key: string, to: FakeStore): void {
    const value = this.entries.get(key)
    if (value === undefined) return
    this.entries.delete(key)
    to.entries.set(key, value)
  }

  moveSlots(slots: ReadonlySet<number>, to: FakeStore): void {
    if (to === this) return
    for (const key of this.entries.keys()) if (slots.has(calculateSlot(key))) this.moveKey(key, to)
  }

  private read(key: string): RespValue {
    const value = this.entries.get(key)
    return value === undefined ? Resp.nullBulkString : Resp.bulkString(value)
  }

  private increment(key: string): RespValue {
    const value = Number(utf8(this.entries.get(key) ?? ZERO))
    if (!Number.isSafeInteger(value)) return Resp.simpleError("ERR value is not an integer or out of range")
    this.entries.set(key, Buffer.from(String(value + 1)))
    return Resp.integer(value + 1)
  }
}

const ZERO = Buffer.from("0")

const wrongArity = (name: string): RespValue =>
  Resp.simpleError(`ERR wrong number of arguments for '${name}' command`)
