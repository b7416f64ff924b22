/**
 * Value i: a stamp of up to eight bytes that depends on seed and index, and
 * noise that all values of the data set share.
 *
 * The stamp is a 64-bit mix, so a value that landed under another key, or came
 * from another seed, is found out; the noise makes it incompressible. Only the
 * stamp has to be written for the next value.
 */
import { highWord, lowWord } from "./Noise.ts"

/** Bytes in front of a value that differ from value to value; a shorter value is nothing but its stamp's beginning. */
export const STAMP_LENGTH = 8

/** Two 32-bit words from (seed, index): the finalisers of MurmurHash3, one lane each. */
export class ValueStamp {
  private readonly seedLow: number
  private readonly seedHigh: number

  constructor(seed: number) {
    this.seedLow = mix(lowWord(seed) ^ 0x9e3779b9)
    this.seedHigh = mix(highWord(seed) ^ this.seedLow)
  }

  /** Writes the first `length` bytes, at most eight, of the stamp of `index`. */
  write(target: Uint8Array, offset: number, length: number, index: number): void {
    const indexHigh = index > 0xffff_ffff ? Math.imul(highWord(index), 0x27d4eb2f) : 0
    const low = mix(lowWord(index) ^ indexHigh ^ this.seedLow)
    const high = mix((low + Math.imul(lowWord(index), 0x165667b1)) ^ indexHigh ^ this.seedHigh)
    if (length === STAMP_LENGTH) {
      target[offset] = low
      target[offset + 1] = low >>> 8
      target[offset + 2] = low >>> 16
      target[offset + 3] = low >>> 24
      target[offset + 4] = high
      target[offset + 5] = high >>> 8
      target[offset + 6] = high >>> 16
      target[offset + 7] = high >>> 24
      return
    }
    for (let index = 0; index < length; index++) {
      target[offset + index] = (index < 4 ? low : high) >>> ((index & 3) * 8)
    }
  }
}

const mix = (word: number): number => {
  let mixed = word
  mixed ^= mixed >>> 16
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
