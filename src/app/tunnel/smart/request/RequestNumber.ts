/** The counts and lengths of a request, as Redis reads them (string2ll). */

/** There is none: below everything that a count or a length can be. */
export const NO_NUMBER = -Infinity

const ZERO = 48
const MINUS = 45
const MAX_DIGITS = 15

/** Of `buffer[start, end)`: no sign but a minus, no leading zero; beyond `MAX_DIGITS` it is none. */
export const readNumber = (buffer: Buffer, start: number, end: number): number => {
  const digits = end - start
  if (digits === 1) {
    const digit = buffer[start] - ZERO
    return digit >= 0 && digit <= 9 ? digit : NO_NUMBER
  }
  if (digits === 0 || digits > MAX_DIGITS) return NO_NUMBER
  const isNegative = buffer[start] === MINUS
  let value = 0
  for (let index = isNegative ? start + 1 : start; index < end; index++) {
    const digit = buffer[index] - ZERO
    if (digit < 0 || digit > 9 || (digit === 0 && value === 0)) return NO_NUMBER
    value = value * 10 + digit
  }
  return isNegative ? -value : value
}
