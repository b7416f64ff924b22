/**
 * One hash tag per slot, so that a key can be made for any slot:
 * `calculateSlot("{" + slotTag(s) + "}" + anything) === s`.
 *
 * The keys that fill writes are made of these tags: another table is another
 * data set, so the alphabet and the order of the search are fixed for good.
 */
import { crc16, SLOT_COUNT } from "./HashSlot.ts"

/** Characters in a tag, each of them one byte: a letter, a digit, `-` or `_`. */
export const SLOT_TAG_LENGTH = 3

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"

/**
 * The tag of a slot, always the same three characters; the first in the order
 * of the alphabet whose slot it is.
 *
 * @param slot 0 to 16383
 *
 * @example calculateSlot(slotTag(8338)) // 8338
 */
export const slotTag = (slot: number): string => {
  const table = slotTags()
  const start = slot * SLOT_TAG_LENGTH
  return String.fromCharCode(table[start], table[start + 1], table[start + 2])
}

/**
 * The tags of all slots, three bytes each, in one flat table: 48 KiB. Not to be written to.
 *
 * Made at the first call, since most commands never ask: 2.3 to 2.7 ms cold (Node 20).
 */
export const slotTags = (): Uint8Array => (tags ??= makeTags())

let tags: Uint8Array | undefined

const makeTags = (): Uint8Array => {
  // CRC16 is linear when it starts at 0: each character adds its share by exclusive or, whatever stands beside it.
  const [first, second, third] = [shares(0), shares(1), shares(2)]
  const characters = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0))
  const table = new Uint8Array(SLOT_COUNT * SLOT_TAG_LENGTH)
  let left = SLOT_COUNT
  for (let pair = 0; left > 0; pair++) {
    const share = first[pair >> 6] ^ second[pair & 0x3f]
    for (let last = 0; last < ALPHABET.length; last++) {
      const start = (share ^ third[last]) * SLOT_TAG_LENGTH
      // No character is 0, so that a tag which is there shows.
      if (table[start] !== 0) continue
      table[start] = characters[pair >> 6]
      table[start + 1] = characters[pair & 0x3f]
      table[start + 2] = characters[last]
      left--
    }
  }
  return table
}

/** What each character of the alphabet adds to the slot when it stands at `position` of a tag. */
const shares = (position: number): Uint16Array => {
  const bytes = new Uint8Array(SLOT_TAG_LENGTH)
  return Uint16Array.from(ALPHABET, (character) => {
    bytes[position] = character.charCodeAt(0)
    return crc16(bytes) & (SLOT_COUNT - 1)
  })
}
