/**
 * The data set: key i and value i as pure functions of (seed, key size, value
 * size, i). Neither the amount, nor the cluster, nor how the work is divided
 * has a say, so that whatever was written can be rendered again from its index.
 */
import { SLOT_TAG_LENGTH, slotTags } from "../protocol/SlotTags.ts"
import { KEY_PREFIX_LENGTH, numberLength, rowOfIndex, slotOfIndex, writeNumber } from "./KeyFormat.ts"
import { noise, printableNoise } from "./Noise.ts"
import { STAMP_LENGTH, ValueStamp } from "./ValueFormat.ts"

export interface DataSetOptions {
  /** 0 to 2^53 - 1. */
  readonly seed: number
  /** Bytes, at least 6: see `smallestKeySize`. */
  readonly keySize: number
  /** Bytes, 1 to 512 MiB. */
  readonly valueSize: number
}

export class DataSet {
  readonly seed: number
  readonly keySize: number
  readonly valueSize: number
  /** Characters that number a key, after its tag. */
  readonly numberLength: number
  /** Bytes of a value that differ from value to value. */
  readonly stampLength: number
  /** A value without its stamp: from `stampLength` on, all values are these bytes. Shared, never to be written to. */
  readonly valueNoise: Buffer

  private readonly keyNoise: Buffer
  private readonly stamp: ValueStamp
  private readonly tags: Uint8Array

  constructor({ keySize, seed, valueSize }: DataSetOptions) {
    this.seed = seed
    this.keySize = keySize
    this.valueSize = valueSize
    this.numberLength = numberLength(keySize)
    this.stampLength = Math.min(STAMP_LENGTH, valueSize)
    this.keyNoise = printableNoise(seed, "key", keySize)
    this.keyNoise[0] = BRACE_OPEN
    this.keyNoise[KEY_PREFIX_LENGTH - 1] = BRACE_CLOSE
    this.valueNoise = noise(seed, "value", valueSize)
    this.stamp = new ValueStamp(seed)
    this.tags = slotTags()
  }

  /** Writes the `keySize` bytes of key `index`. */
  renderKey(index: number, target: Buffer, offset: number): void {
    this.keyNoise.copy(target, offset)
    this.patchKey(index, target, offset)
  }

  /** Writes the `valueSize` bytes of value `index`. */
  renderValue(index: number, target: Buffer, offset: number): void {
    this.valueNoise.copy(target, offset)
    this.patchValue(index, target, offset)
  }

  /** Makes the key that stands at `offset` key `index`: only what differs is written. */
  patchKey(index: number, target: Uint8Array, offset: number): void {
    const tags = this.tags
    const tag = slotOfIndex(index) * SLOT_TAG_LENGTH
    target[offset + 1] = tags[tag]
    target[offset + 2] = tags[tag + 1]
    target[offset + 3] = tags[tag + 2]
    writeNumber(target, offset + KEY_PREFIX_LENGTH, this.numberLength, rowOfIndex(index))
  }

  /** Makes the value that stands at `offset` value `index`: only its stamp is written. */
  patchValue(index: number, target: Uint8Array, offset: number): void {
    this.stamp.write(target, offset, this.stampLength, index)
  }

  key(index: number): Buffer {
    const bytes = Buffer.allocUnsafe(this.keySize)
    this.renderKey(index, bytes, 0)
    return bytes
  }

  value(index: number): Buffer {
    const bytes = Buffer.allocUnsafe(this.valueSize)
    this.renderValue(index, bytes, 0)
    return bytes
  }
}

const BRACE_OPEN = 0x7b
const BRACE_CLOSE = 0x7d
