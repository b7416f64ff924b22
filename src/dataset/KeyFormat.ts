/**
 * Key i: `{tag}`, a number, and noise up to the key's size.
 *
 *     {0Aq}0000001FQzhF... (512 bytes)
 *      ^^^ slot of i
 *          ^^^^^^^^ floor(i / 16384), in base 64
 *
 * The slot of key i is the bit reversal of i mod 16384, a fixed permutation in
 * which any run of indexes spreads evenly over any contiguous ranges of slots
 * (it is the van der Corput sequence). So i, i + 16384, i + 32768 ... share a
 * slot and can be written as one group, and a small fill spreads as evenly as
 * a large one. Tag and number together are i, so no two keys are the same.
 */
import { SLOT_COUNT } from "../protocol/HashSlot.ts"
import { SLOT_TAG_LENGTH } from "../protocol/SlotTags.ts"
import { PRINTABLE } from "./Noise.ts"

/** `{`, the tag, `}`. */
export const KEY_PREFIX_LENGTH = SLOT_TAG_LENGTH + 2

/** Characters that number the keys of a slot: 2^48 of them are more than any index needs. */
const MAX_NUMBER_LENGTH = 8

const BITS_PER_CHARACTER = 6
const SLOT_BITS = 14

/** Every slot is another's reversal: the table is its own inverse. */
const reversed: Uint16Array = Uint16Array.from({ length: SLOT_COUNT }, (_, index) => {
  let bits = 0
  for (let bit = 0; bit < SLOT_BITS; bit++) bits |= ((index >> bit) & 1) << (SLOT_BITS - 1 - bit)
  return bits
})

/** The slot of key `index`: 0 to 16383. */
export const slotOfIndex = (index: number): number => reversed[index % SLOT_COUNT]

/** What the indexes of a slot's keys leave when divided by 16384; also the first of them. */
export const residueOfSlot = (slot: number): number => reversed[slot]

/** Which of its slot's keys key `index` is, from 0. */
export const rowOfIndex = (index: number): number => Math.floor(index / SLOT_COUNT)

/** Characters of the number in keys of `keySize` bytes: the size alone decides, so that keys do not depend on the amount. */
export const numberLength = (keySize: number): number =>
  Math.min(MAX_NUMBER_LENGTH, keySize - KEY_PREFIX_LENGTH)

/**
 * The smallest key size, in bytes, that gives `keys` keys different names.
 *
 * @example smallestKeySize(1_048_576) // 6
 * @example smallestKeySize(1_048_577) // 7
 */
export const smallestKeySize = (keys: number): number => {
  let characters = 1
  for (let names = SLOT_COUNT * 64; names < keys; names *= 64) characters++
  return KEY_PREFIX_LENGTH + characters
}

const characters: Uint8Array = Uint8Array.from(PRINTABLE, (character) => character.charCodeAt(0))

/** The largest row whose number fits the bit operations of 32-bit integers. */
const SMALL_ROWS = 2 ** 30

/** Writes the number of `row` as `length` characters, the highest first. */
export const writeNumber = (target: Uint8Array, offset: number, length: number, row: number): void => {
  let rest = row
  let position = offset + length - 1
  if (rest >= SMALL_ROWS) {
    for (let count = 0; count < 5 && position >= offset; count++) {
      target[position--] = characters[rest % 64]
      rest = Math.floor(rest / 64)
    }
  }
  for (; position >= offset; position--) {
    target[position] = characters[rest & 63]
    rest >>= BITS_PER_CHARACTER
  }
}
