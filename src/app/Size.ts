/**
 * Amounts of data as people write them: `500MB`, `0.1`, `16 KiB`.
 *
 * KB and KiB (and the rest) both mean powers of 1024, in any case. Fractions
 * are exact: a size is the smallest whole number of bytes that holds it.
 */

export const KIBIBYTE = 1024
export const MEBIBYTE = 1024 ** 2
export const GIBIBYTE = 1024 ** 3
const TEBIBYTE = 1024 ** 4

const BYTES_PER_UNIT: Readonly<Record<string, number>> = {
  b: 1,
  k: KIBIBYTE,
  kb: KIBIBYTE,
  kib: KIBIBYTE,
  m: MEBIBYTE,
  mb: MEBIBYTE,
  mib: MEBIBYTE,
  g: GIBIBYTE,
  gb: GIBIBYTE,
  gib: GIBIBYTE,
  t: TEBIBYTE,
  tb: TEBIBYTE,
  tib: TEBIBYTE
}

const SIZE = /^(?=\.?\d)(\d{0,20})(?:\.(\d{1,20}))?\s*([a-z]*)$/i

/**
 * Bytes, or `undefined` when the text is not a size or exceeds 2^53 - 1 bytes.
 *
 * @param bareUnit bytes that a number without a unit stands for
 * @example parseSize("1.5KB") // 1536
 */
export const parseSize = (text: string, bareUnit: number = 1): number | undefined => {
  const match = SIZE.exec(text.trim())
  if (match === null) return undefined
  const [, whole, fraction = "", unit] = match
  const bytesPerUnit = unit === "" ? bareUnit : BYTES_PER_UNIT[unit.toLowerCase()]
  if (bytesPerUnit === undefined) return undefined
  const scale = 10n ** BigInt(fraction.length)
  const scaled = BigInt(whole + fraction) * BigInt(bytesPerUnit)
  const bytes = (scaled + scale - 1n) / scale
  return bytes <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bytes) : undefined
}

const UNITS: ReadonlyArray<readonly [number, string]> = [
  [TEBIBYTE, "TiB"],
  [GIBIBYTE, "GiB"],
  [MEBIBYTE, "MiB"],
  [KIBIBYTE, "KiB"]
]

/** @example formatSize(1536) // "1.5 KiB" */
export const formatSize = (bytes: number): string => {
  for (const [bytesPerUnit, unit] of UNITS) {
    if (bytes >= bytesPerUnit) return `${trimmed(bytes / bytesPerUnit)} ${unit}`
  }
  return bytes === 1 ? "1 byte" : `${Math.round(bytes)} bytes`
}

const trimmed = (value: number): string => String(Number(value.toFixed(2)))
