/** What SLOWLOG keeps of a command that took long. */
import * as Resp from "../../../../protocol/Resp.ts"
import type { RespValue } from "../../../../protocol/Resp.ts"

export interface SlowLogEntry {
  /** Whose log it stands in: a node's address, or the proxy's own. */
  readonly source: string
  /** The source's own number for it. */
  readonly id: string
  /** When it was done, in Unix seconds. */
  readonly time: number
  readonly microseconds: number
  readonly args: ReadonlyArray<Uint8Array>
  /** `host:port` of the client. */
  readonly address: string
  readonly name: string
}

/** Arguments that Redis keeps, and bytes of each (slowlog.h). */
const MAX_ARGS = 32
const MAX_BYTES = 128

/** The arguments as Redis keeps them. */
export const trimmed = (args: ReadonlyArray<Buffer>): ReadonlyArray<Buffer> => {
  const kept = args.slice(0, args.length > MAX_ARGS ? MAX_ARGS - 1 : MAX_ARGS).map(trimmedArgument)
  if (args.length > MAX_ARGS) kept.push(Buffer.from(`... (${args.length - MAX_ARGS + 1} more arguments)`))
  return kept
}

/** A copy: the bytes of a chunk that may be much larger. */
const trimmedArgument = (argument: Buffer): Buffer =>
  argument.length <= MAX_BYTES
    ? Buffer.from(argument)
    : Buffer.concat([
        argument.subarray(0, MAX_BYTES),
        Buffer.from(`... (${argument.length - MAX_BYTES} more bytes)`)
      ])

/** The same for the same arguments, and for no others. */
export const keyOfArgs = (args: ReadonlyArray<Uint8Array>): string =>
  args.map((argument) => `${argument.length}:${Buffer.from(argument).toString("latin1")}`).join("")

/** Of a reply to SLOWLOG GET, newest first. */
export const parseEntries = (source: string, reply: RespValue): ReadonlyArray<SlowLogEntry> =>
  (Resp.elements(reply) ?? []).map((value) => {
    const [id, time, microseconds, args, address, name] = Resp.elements(value) ?? []
    return {
      source,
      id: String(id?.value),
      time: Number(time?.value),
      microseconds: Number(microseconds?.value),
      args: (Resp.elements(args) ?? []).map((argument) =>
        argument._tag === "BulkString" ? argument.value : Buffer.from(Resp.text(argument) ?? "")
      ),
      address: textOf(address),
      name: textOf(name)
    }
  })

const textOf = (value: RespValue | undefined): string => (value === undefined ? "" : (Resp.text(value) ?? ""))

/** An element of the reply to SLOWLOG GET. */
export const toReply = (
  { address, args, microseconds, name, time }: SlowLogEntry,
  number: number
): RespValue =>
  Resp.array([
    Resp.integer(number),
    Resp.integer(time),
    Resp.integer(microseconds),
    Resp.array(args.map((argument) => Resp.bulkString(argument))),
    Resp.bulkString(address),
    Resp.bulkString(name)
  ])
