/** Hash slots as people write them: `0-5460 5462`. */

export type SlotRange = readonly [first: number, last: number]

/** @example slotsText([[0, 5460], [5462, 5462]]) // "0-5460 5462" */
export const slotsText = (ranges: ReadonlyArray<SlotRange>): string =>
  ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(" ")

/** The ranges that slots in ascending order make up. */
export const rangesOf = (slots: Iterable<number>): ReadonlyArray<SlotRange> => {
  const ranges: Array<[number, number]> = []
  let last: [number, number] | undefined
  for (const slot of slots) {
    if (last !== undefined && slot === last[1] + 1) last[1] = slot
    else ranges.push((last = [slot, slot]))
  }
  return ranges
}

export const slotCount = (ranges: ReadonlyArray<SlotRange>): number =>
  ranges.reduce((count, [first, last]) => count + last - first + 1, 0)
