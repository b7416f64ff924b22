/**
 * How the commands of a group of keys look on the wire: a header, then one item
 * per key, all items of one length and alike but for tag, number and stamp.
 *
 *     MSET   *5\r\n$4\r\nMSET\r\n   then  $512\r\n key \r\n$512\r\n value \r\n  per key, one reply per group
 *     SET PX                        *5\r\n$3\r\nSET\r\n$512\r\n key ... PX ms  per key, one reply per key
 *     MGET   *3\r\n$4\r\nMGET\r\n   then  $512\r\n key \r\n                     per key, one reply per group
 *
 * A group of one key is a SET rather than an MSET of one pair.
 */
import type { DataSet } from "./DataSet.ts"

export type GroupCommand =
  | { readonly _tag: "Write" }
  /** Milliseconds until a key expires: 1 to 2^53 - 1. */
  | { readonly _tag: "WriteExpiring"; readonly milliseconds: number }
  | { readonly _tag: "Read" }

/** Bytes that a header of any number of keys fits in. */
export const MAX_HEADER_LENGTH = 32

export class GroupFormat {
  readonly dataSet: DataSet
  readonly command: GroupCommand
  /** Bytes of one key's item. */
  readonly itemLength: number
  /** Where in an item its key begins. */
  readonly keyOffset: number
  /** Where in an item its value begins; -1 when there is none. */
  readonly valueOffset: number
  /** What stands in an item after its value. */
  readonly after: Buffer
  /** What stands in an item before its key, and between key and value. */
  private readonly before: Buffer
  private readonly between: Buffer

  constructor(dataSet: DataSet, command: GroupCommand) {
    this.dataSet = dataSet
    this.command = command
    const start = command._tag === "WriteExpiring" ? "*5\r\n$3\r\nSET\r\n" : ""
    this.before = Buffer.from(`${start}$${dataSet.keySize}\r\n`)
    this.between = Buffer.from(command._tag === "Read" ? "\r\n" : `\r\n$${dataSet.valueSize}\r\n`)
    this.after = Buffer.from(
      command._tag === "Read"
        ? ""
        : command._tag === "Write"
          ? "\r\n"
          : `\r\n$2\r\nPX\r\n$${String(command.milliseconds).length}\r\n${command.milliseconds}\r\n`
    )
    this.keyOffset = this.before.length
    const keyEnd = this.keyOffset + dataSet.keySize + this.between.length
    this.valueOffset = command._tag === "Read" ? -1 : keyEnd
    this.itemLength = command._tag === "Read" ? keyEnd : keyEnd + dataSet.valueSize + this.after.length
  }

  /** What stands before the first item of a group of `keys` keys. */
  header(keys: number): Buffer {
    switch (this.command._tag) {
      case "Write":
        return keys === 1 ? SET_HEADER : Buffer.from(`*${2 * keys + 1}\r\n$4\r\nMSET\r\n`)
      case "WriteExpiring":
        return NOTHING
      case "Read":
        return Buffer.from(`*${keys + 1}\r\n$4\r\nMGET\r\n`)
    }
  }

  /** Bytes of a group of `keys` keys. */
  groupLength(keys: number): number {
    return this.header(keys).length + keys * this.itemLength
  }

  /** What a group's command is called, for errors. */
  get commandName(): string {
    switch (this.command._tag) {
      case "Write":
        return "MSET"
      case "WriteExpiring":
        return "SET"
      case "Read":
        return "MGET"
    }
  }

  /** Each key is answered by itself, rather than each group. */
  get isReplyPerKey(): boolean {
    return this.command._tag === "WriteExpiring"
  }

  /** Writes an item whose key and value are still to be patched. */
  renderItem(target: Buffer, offset: number): void {
    this.renderItemStart(target, offset)
    if (this.valueOffset < 0) return
    this.dataSet.renderValue(0, target, offset + this.valueOffset)
    this.after.copy(target, offset + this.valueOffset + this.dataSet.valueSize)
  }

  /** Writes the part of an item in front of its value, the key still to be patched. */
  renderItemStart(target: Buffer, offset: number): void {
    this.before.copy(target, offset)
    this.dataSet.renderKey(0, target, offset + this.keyOffset)
    this.between.copy(target, offset + this.keyOffset + this.dataSet.keySize)
  }
}

const SET_HEADER = Buffer.from("*3\r\n$3\r\nSET\r\n")
const NOTHING = Buffer.alloc(0)
