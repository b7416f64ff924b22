/** Who holds what, as a picture in characters: all slots in order, so many to a character. */
import { SLOT_COUNT } from "../../../protocol/HashSlot.ts"
import type { SlotRange } from "./SlotText.ts"

/** Slots per character, and characters per line: four lines of 64 characters. */
export const SLOTS_PER_CELL = 64
const CELLS_PER_LINE = 64

/** Several masters share the slots of this character. */
export const SHARED = "+"
/** Nobody serves them, or not all. */
export const UNSERVED = "."

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
/** More masters than letters share this one. */
export const BEYOND_LETTERS = "#"

/** What stands for the master with this number. */
export const masterLetter = (index: number): string => LETTERS[index] ?? BEYOND_LETTERS

/** One character for each 64 slots; what a letter stands for has all of them. */
export const slotCells = (owners: ReadonlyArray<ReadonlyArray<SlotRange>>): string => {
  const owner = new Int32Array(SLOT_COUNT).fill(-1)
  owners.forEach((ranges, index) => ranges.forEach(([first, last]) => owner.fill(index, first, last + 1)))
  let cells = ""
  for (let start = 0; start < SLOT_COUNT; start += SLOTS_PER_CELL) {
    const part = owner.subarray(start, start + SLOTS_PER_CELL)
    const isWhole = part.every((each) => each === part[0])
    cells += part.includes(-1) ? UNSERVED : isWhole ? masterLetter(part[0]) : SHARED
  }
  return cells
}

/** The same in lines, each with the number of its first slot. */
export const slotPicture = (owners: ReadonlyArray<ReadonlyArray<SlotRange>>): ReadonlyArray<string> => {
  const cells = slotCells(owners)
  const lines: Array<string> = []
  for (let start = 0; start < cells.length; start += CELLS_PER_LINE) {
    const slot = String(start * SLOTS_PER_CELL).padStart(String(SLOT_COUNT).length)
    lines.push(`${slot} ${cells.slice(start, start + CELLS_PER_LINE)}`)
  }
  return lines
}
