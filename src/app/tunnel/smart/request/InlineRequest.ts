/**
 * A command as a person types it into telnet: words parted by blanks, quoted
 * as Redis reads them (sdssplitargs).
 *
 * Source: https://redis.io/docs/latest/develop/reference/protocol-spec/#inline-commands
 */

const QUOTE = 0x22
const APOSTROPHE = 0x27
const BACKSLASH = 0x5c
const LOWER_X = 0x78
/** What a backslash and a letter stand for within double quotes; any other character stands for itself. */
const ESCAPES: ReadonlyMap<number, number> = new Map([
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
  [0x62, 0x08],
  [0x61, 0x07]
])

const isBlank = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)

const hexDigit = (byte: number | undefined): number => {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/** The words of a line without its end; `undefined` when a quote is not closed, or is followed by anything but a blank. */
export const splitInline = (line: Uint8Array): ReadonlyArray<Buffer> | undefined => {
  const words: Array<Buffer> = []
  // To Redis the line is a C string.
  const zero = line.indexOf(0)
  const end = zero < 0 ? line.length : zero
  let index = 0
  for (;;) {
    while (index < end && isBlank(line[index])) index++
    if (index >= end) return words
    const word: Array<number> = []
    let quote = 0
    for (;;) {
      const byte = index < end ? line[index] : -1
      if (quote === 0) {
        if (byte === -1 || isBlank(byte)) break
        if (byte === QUOTE || byte === APOSTROPHE) quote = byte
        else word.push(byte)
      } else if (byte === -1) {
        return undefined
      } else if (byte === quote) {
        if (index + 1 < end && !isBlank(line[index + 1])) return undefined
        index++
        break
      } else if (byte === BACKSLASH && quote === APOSTROPHE && line[index + 1] === APOSTROPHE) {
        index++
        word.push(APOSTROPHE)
      } else if (byte === BACKSLASH && quote === QUOTE && index + 1 < end) {
        const high = line[index + 1] === LOWER_X ? hexDigit(line[index + 2]) : -1
        const low = hexDigit(line[index + 3])
        if (high >= 0 && low >= 0 && index + 3 < end) {
          word.push(high * 16 + low)
          index += 3
        } else {
          index++
          word.push(ESCAPES.get(line[index]) ?? line[index])
        }
      } else {
        word.push(byte)
      }
      index++
    }
    words.push(Buffer.from(word))
  }
}

/** As a request that is not inline, and where its arguments lie in it. */
export const encodeWords = (
  words: ReadonlyArray<Buffer>
): {
  readonly bytes: Buffer
  readonly starts: ReadonlyArray<number>
  readonly ends: ReadonlyArray<number>
} => {
  const pieces: Array<Buffer> = [Buffer.from(`*${words.length}\r\n`)]
  const starts: Array<number> = []
  const ends: Array<number> = []
  let position = pieces[0].length
  for (const word of words) {
    const head = Buffer.from(`$${word.length}\r\n`)
    pieces.push(head, word, LINE_END)
    starts.push(position + head.length)
    ends.push(position + head.length + word.length)
    position += head.length + word.length + LINE_END.length
  }
  return { bytes: Buffer.concat(pieces), starts, ends }
}
const LINE_END = Buffer.from("\r\n")
