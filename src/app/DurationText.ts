/** Lengths of time as people write them: `5s`, `500ms`, `1.5h`; a bare number is seconds. */

const MILLISECONDS_PER_UNIT: Readonly<Record<string, number>> = {
  "": 1000,
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000
}

const DURATION = /^(\d{1,15}(?:\.\d{1,15})?)\s*([a-z]*)$/i

/**
 * Milliseconds, rounded to a whole one; `undefined` when the text is not a
 * duration or exceeds 2^53 - 1 milliseconds.
 *
 * @example parseDuration("1.5m") // 90000
 */
export const parseDuration = (text: string): number | undefined => {
  const match = DURATION.exec(text.trim())
  if (match === null) return undefined
  const millisecondsPerUnit = MILLISECONDS_PER_UNIT[match[2].toLowerCase()]
  if (millisecondsPerUnit === undefined) return undefined
  const milliseconds = Math.round(Number(match[1]) * millisecondsPerUnit)
  return Number.isSafeInteger(milliseconds) ? milliseconds : undefined
}

/** @example formatDuration(90_000) // "1m 30s" */
export const formatDuration = (milliseconds: number): string => {
  if (milliseconds < 1000) return `${Math.round(milliseconds)}ms`
  if (milliseconds < 60_000) return `${Number((milliseconds / 1000).toFixed(1))}s`
  const parts: Array<string> = []
  let seconds = Math.round(milliseconds / 1000)
  for (const [length, unit] of LARGER_UNITS) {
    const count = Math.floor(seconds / length)
    seconds -= count * length
    if (count > 0) parts.push(`${count}${unit}`)
  }
  return parts.join(" ")
}

/** Seconds per unit, largest first. */
const LARGER_UNITS: ReadonlyArray<readonly [number, string]> = [
  [86_400, "d"],
  [3600, "h"],
  [60, "m"],
  [1, "s"]
]
