/**
 * Compares what MGET answers with the data set, byte by byte as it arrives: no
 * value is ever held, however large. Knows only what MGET can answer: an array
 * of bulk strings and nils, or an error. Chunks may be split anywhere, and are
 * not kept.
 */
import * as Resp from "../protocol/Resp.ts"
import type { RespValue } from "../protocol/Resp.ts"
import type { DataSet } from "./DataSet.ts"
import type { GroupReplies } from "./FillReplies.ts"
import type { PendingGroups } from "./PendingGroups.ts"
import { STAMP_LENGTH } from "./ValueFormat.ts"

export interface ReadVerdicts {
  /**
   * The keys from index `first` on, a stride apart, are missing or different. Once for each run of them in a
   * group, and before the group counts as read: a group whose answer is cut off is read anew as a whole.
   */
  readonly onWrong: (first: number, keys: number) => void
  /** The group has been read: so many of its keys are not there, so many have another value. */
  readonly onRead: (first: number, keys: number, missing: number, different: number) => void
  /** The group was not read, and this is why. */
  readonly onRefused: (first: number, keys: number, reply: RespValue) => void
}

const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const ARRAY = 0x2a
const BULK_STRING = 0x24
const ERROR = 0x2d
const NIL = 0x5f
const CRLF_LENGTH = 2
/** No line of an answer is longer: an error names one key at most. */
const MAX_LINE_LENGTH = 128 * 1024

export class ReadReplies implements GroupReplies {
  private readonly pending: PendingGroups
  private readonly dataSet: DataSet
  private readonly stride: number
  private readonly verdicts: ReadVerdicts
  private readonly stamp = Buffer.alloc(STAMP_LENGTH)
  /** A line that a chunk cut off. */
  private carried: Buffer = EMPTY
  /** Keys of the oldest group still to be answered; 0 in front of its array. */
  private left = 0
  /** Bytes still to come of a value and of the line end after it; 0 when at a line. */
  private bodyLeft = 0
  /** Where in the value the next byte belongs; compared only while `isEqual`. */
  private position = 0
  private isEqual = true
  private missing = 0
  private different = 0
  /** Runs of wrong keys in the group at hand. */
  private wrong: Array<{ readonly first: number; keys: number }> = []

  constructor(pending: PendingGroups, dataSet: DataSet, stride: number, verdicts: ReadVerdicts) {
    this.pending = pending
    this.dataSet = dataSet
    this.stride = stride
    this.verdicts = verdicts
  }

  push(chunk: Buffer): string | undefined {
    let offset = 0
    while (offset < chunk.length) {
      if (this.bodyLeft > 0) {
        offset = this.readBody(chunk, offset)
        continue
      }
      const end = chunk.indexOf(LINE_FEED, offset)
      if (end < 0) {
        this.carried = Buffer.concat([this.carried, chunk.subarray(offset)])
        return this.carried.length > MAX_LINE_LENGTH ? UNEXPECTED : undefined
      }
      const cut = chunk.subarray(offset, end + 1)
      const line = this.carried.length === 0 ? cut : Buffer.concat([this.carried, cut])
      this.carried = EMPTY
      offset = end + 1
      if (!this.readLine(line)) return UNEXPECTED
    }
    return undefined
  }

  private readLine(line: Buffer): boolean {
    if (line[line.length - CRLF_LENGTH] !== CARRIAGE_RETURN || this.pending.isEmpty) return false
    const type = line[0]
    if (this.left === 0) return this.readHeader(type, line)
    if (type === NIL) return this.readMissing()
    if (type !== BULK_STRING) return false
    const length = lengthOf(line)
    if (length === -1) return this.readMissing()
    if (!(length >= 0)) return false
    this.bodyLeft = length + CRLF_LENGTH
    this.position = 0
    this.isEqual = length === this.dataSet.valueSize
    if (this.isEqual) this.dataSet.patchValue(this.index, this.stamp, 0)
    return true
  }

  private readHeader(type: number, line: Buffer): boolean {
    const { first, keys } = this.pending
    if (type === ERROR) {
      this.pending.shift()
      this.verdicts.onRefused(
        first,
        keys,
        Resp.simpleError(line.toString("utf8", 1, line.length - CRLF_LENGTH))
      )
      return true
    }
    this.left = keys
    return type === ARRAY && lengthOf(line) === keys
  }

  private readMissing(): boolean {
    this.missing++
    this.noteWrong()
    this.finishKey()
    return true
  }

  private readBody(chunk: Buffer, offset: number): number {
    const end = Math.min(chunk.length, offset + this.bodyLeft)
    const valueEnd = Math.min(end, offset + this.bodyLeft - CRLF_LENGTH)
    if (this.isEqual && valueEnd > offset) this.compare(chunk, offset, valueEnd)
    this.bodyLeft -= end - offset
    if (this.bodyLeft === 0) {
      if (!this.isEqual) {
        this.different++
        this.noteWrong()
      }
      this.finishKey()
    }
    return end
  }

  private compare(chunk: Buffer, start: number, end: number): void {
    const { stampLength, valueNoise } = this.dataSet
    let offset = start
    for (; offset < end && this.position < stampLength; offset++, this.position++) {
      if (chunk[offset] !== this.stamp[this.position]) this.isEqual = false
    }
    if (offset === end) return
    const valueEnd = this.position + end - offset
    if (chunk.compare(valueNoise, this.position, valueEnd, offset, end) !== 0) this.isEqual = false
    this.position = valueEnd
  }

  /** Of the key at hand. */
  private get index(): number {
    return this.pending.first + (this.pending.keys - this.left) * this.stride
  }

  private noteWrong(): void {
    const { index } = this
    const last = this.wrong[this.wrong.length - 1]
    if (last !== undefined && last.first + last.keys * this.stride === index) last.keys++
    else this.wrong.push({ first: index, keys: 1 })
  }

  private finishKey(): void {
    if (--this.left > 0) return
    const { first, keys } = this.pending
    const { different, missing, wrong } = this
    this.missing = 0
    this.different = 0
    this.pending.shift()
    if (wrong.length > 0) {
      this.wrong = []
      for (const run of wrong) this.verdicts.onWrong(run.first, run.keys)
    }
    this.verdicts.onRead(first, keys, missing, different)
  }
}

const EMPTY: Buffer = Buffer.alloc(0)

const UNEXPECTED = "what it sent is no answer to MGET"

const lengthOf = (line: Buffer): number => {
  const digits = line.toString("latin1", 1, line.length - CRLF_LENGTH)
  return digits === "-1" || /^\d{1,10}$/.test(digits) ? Number(digits) : NaN
}
