/**
 * What a stream writes next: rendered groups, as one piece of bytes or several.
 * A batch is filled, taken out piece by piece, and filled again; a piece is only
 * good until the next call, so the stream takes it when the last is written.
 *
 * One batch per stream is enough, measured: its bytes lie in the kernel when it
 * is rendered again, at some 27 ns per key, before the socket has run dry.
 */
import type { GroupFormat } from "./GroupFormat.ts"

export interface GroupBatch {
  readonly isEmpty: boolean
  /** Adds the group of `keys` keys from index `first` on; false, and nothing done, when it does not fit in. */
  append(first: number, keys: number): boolean
  /** The next bytes to write; `undefined` after the last, and then the batch is empty. */
  takePiece(): Buffer | undefined
}

/**
 * @param stride what lies between the indexes of neighbouring keys of a group
 * @param capacity bytes of a batch; a group of one key may exceed it, larger groups may not
 */
export const makeBatch = (format: GroupFormat, stride: number, capacity: number): GroupBatch =>
  format.groupLength(1) > capacity && format.valueOffset >= 0
    ? new LargeValueBatch(format, capacity)
    : new TemplateBatch(format, stride, Math.max(capacity, format.groupLength(1)))

/**
 * Groups in one buffer, all of the same number of keys, so that the bytes which
 * every group shares stay where they are: for the next batch only tag, number
 * and stamp of each key are written. A group of another size starts anew.
 */
class TemplateBatch implements GroupBatch {
  private readonly format: GroupFormat
  private readonly stride: number
  private readonly buffer: Buffer
  /** Keys of each group that the buffer is laid out for; 0 before the first. */
  private keys = 0
  private headerLength = 0
  private groupLength = 0
  /** Groups whose shared bytes stand in the buffer. */
  private laidOut = 0
  private groups = 0
  private isTaken = false

  constructor(format: GroupFormat, stride: number, capacity: number) {
    this.format = format
    this.stride = stride
    this.buffer = Buffer.allocUnsafeSlow(capacity)
  }

  get isEmpty(): boolean {
    return this.groups === 0
  }

  append(first: number, keys: number): boolean {
    if (keys !== this.keys && !this.reshape(keys)) return false
    const start = this.groups * this.groupLength
    if (start + this.groupLength > this.buffer.length) return false
    if (this.groups === this.laidOut) this.layOut(start)
    const { dataSet, itemLength, keyOffset, valueOffset } = this.format
    let item = start + this.headerLength
    for (let index = first, left = keys; left > 0; left--, index += this.stride, item += itemLength) {
      dataSet.patchKey(index, this.buffer, item + keyOffset)
      if (valueOffset >= 0) dataSet.patchValue(index, this.buffer, item + valueOffset)
    }
    this.groups++
    return true
  }

  takePiece(): Buffer | undefined {
    if (!this.isTaken && this.groups > 0) {
      this.isTaken = true
      return this.buffer.subarray(0, this.groups * this.groupLength)
    }
    this.isTaken = false
    this.groups = 0
    return undefined
  }

  private reshape(keys: number): boolean {
    if (this.groups > 0) return false
    this.keys = keys
    this.headerLength = this.format.header(keys).length
    this.groupLength = this.format.groupLength(keys)
    this.laidOut = 0
    if (this.groupLength > this.buffer.length) throw new RangeError(`a group of ${keys} keys exceeds a batch`)
    return true
  }

  private layOut(start: number): void {
    if (start > 0) {
      this.buffer.copyWithin(start, 0, this.groupLength)
    } else {
      this.format.header(this.keys).copy(this.buffer)
      for (let key = 0; key < this.keys; key++) {
        this.format.renderItem(this.buffer, this.headerLength + key * this.format.itemLength)
      }
    }
    this.laidOut++
  }
}

/** One key at a time whose value is written from the noise that all values share: no copy of it is made. */
class LargeValueBatch implements GroupBatch {
  private readonly format: GroupFormat
  private readonly pieceLength: number
  /** The command up to and with the value's stamp. */
  private readonly head: Buffer
  private readonly itemStart: number
  private step: "empty" | "head" | "noise" | "after" | "done" = "empty"
  private written = 0

  constructor(format: GroupFormat, pieceLength: number) {
    this.format = format
    this.pieceLength = pieceLength
    const header = format.header(1)
    this.itemStart = header.length
    this.head = Buffer.alloc(this.itemStart + format.valueOffset + format.dataSet.stampLength)
    header.copy(this.head)
    format.renderItemStart(this.head, this.itemStart)
  }

  get isEmpty(): boolean {
    return this.step === "empty"
  }

  append(first: number, keys: number): boolean {
    if (this.step !== "empty") return false
    if (keys !== 1) throw new RangeError(`a group of ${keys} keys exceeds a batch`)
    const { dataSet, keyOffset, valueOffset } = this.format
    dataSet.patchKey(first, this.head, this.itemStart + keyOffset)
    dataSet.patchValue(first, this.head, this.itemStart + valueOffset)
    this.step = "head"
    return true
  }

  takePiece(): Buffer | undefined {
    const { after, dataSet } = this.format
    switch (this.step) {
      case "head":
        this.step = "noise"
        this.written = dataSet.stampLength
        return this.head
      case "noise": {
        const start = this.written
        this.written = Math.min(start + this.pieceLength, dataSet.valueSize)
        if (this.written === dataSet.valueSize) this.step = "after"
        return dataSet.valueNoise.subarray(start, this.written)
      }
      case "after":
        this.step = "done"
        return after
      default:
        this.step = "empty"
        return undefined
    }
  }
}
