/**
 * A line of commands into words, quoted as in redis-cli (its sdssplitargs).
 *
 * `"..."` knows \xHH, \n \r \t \b \a, and takes any other character behind a
 * backslash as it is; `'...'` knows only \'. A closing quote is followed by a
 * blank or the end of the line. A quote inside a word opens there: `a"b c"` is
 * one word. Words are bytes, since \xHH stands for a byte and not for a
 * character.
 *
 * Unlike there, a NUL is a character like any other and does not end the line.
 * Pure.
 */
export interface Word {
  readonly value: Buffer
  /** Where the word stands in the line, quotes included. */
  readonly start: number
  readonly end: number
  /** The quote that it ends in: what a completion has to go on in and close. */
  readonly quote: '"' | "'" | undefined
  readonly isClosed: boolean
}

export interface SplitLine {
  readonly words: ReadonlyArray<Word>
  /** What is wrong with the last word, in which the reading stopped. */
  readonly error: "unbalanced" | undefined
}

/** What a character of the line stands for: its UTF-8 bytes, or the byte of that number. */
export type LineEncoding = "utf8" | "latin1"

/** Every word of a line with its place, as far as the quotes are balanced. */
export const scanWords = (line: string, encoding: LineEncoding): SplitLine => {
  const words: Array<Word> = []
  let position = skipBlanks(line, 0)
  while (position < line.length) {
    const reader = new WordReader(line, position, encoding)
    const isSound = reader.read()
    words.push(reader.word())
    if (!isSound) return { words, error: "unbalanced" }
    position = skipBlanks(line, reader.position)
  }
  return { words, error: undefined }
}

/**
 * The words of a line; `undefined` when its quotes are not balanced.
 *
 * @example splitWords(`SET "a b" '\\x'`)?.map(String) // ["SET", "a b", "\\x"]
 */
export const splitWords = (line: string | Buffer): Array<Buffer> | undefined => {
  const { error, words } =
    typeof line === "string" ? scanWords(line, "utf8") : scanWords(line.toString("latin1"), "latin1")
  return error === undefined ? words.map(({ value }) => value) : undefined
}

class WordReader {
  position: number
  private readonly line: string
  private readonly start: number
  private readonly encoding: LineEncoding
  private readonly parts: Array<Buffer> = []
  private quote: Word["quote"]
  private isClosed = true

  constructor(line: string, start: number, encoding: LineEncoding) {
    this.line = line
    this.start = start
    this.position = start
    this.encoding = encoding
  }

  word(): Word {
    const { isClosed, parts, position, quote, start } = this
    const value = parts.length === 1 ? parts[0] : Buffer.concat(parts)
    return { value, start, end: position, quote, isClosed }
  }

  /** Whether the word ends well. */
  read(): boolean {
    const bare = this.line.slice(this.position, this.skipTo(BARE_STOP))
    if (bare !== "") this.take(bare)
    this.quote = quoteAt(this.line, this.position)
    if (this.quote === undefined) return true
    this.position++
    this.isClosed = false
    const isSound = this.quote === '"' ? this.readDouble() : this.readSingle()
    if (!isSound) return false
    this.isClosed = true
    return this.position === this.line.length || BLANKS.includes(this.line[this.position])
  }

  private readDouble(): boolean {
    while (this.position < this.line.length) {
      const start = this.position
      const end = this.skipTo(DOUBLE_STOP)
      if (end > start) this.take(this.line.slice(start, end))
      if (end === this.line.length) return false
      if (this.line[end] === '"') {
        this.position++
        return true
      }
      this.readEscape()
    }
    return false
  }

  private readSingle(): boolean {
    while (this.position < this.line.length) {
      const start = this.position
      const end = this.skipTo(SINGLE_STOP)
      if (end > start) this.take(this.line.slice(start, end))
      if (end === this.line.length) return false
      this.position++
      if (this.line[end] === "'") return true
      const isQuote = this.line[this.position] === "'"
      this.take(isQuote ? "'" : "\\")
      if (isQuote) this.position++
    }
    return false
  }

  /** At a backslash between double quotes. */
  private readEscape(): void {
    const hex = HEX_ESCAPE.exec(this.line.slice(this.position, this.position + HEX_ESCAPE_LENGTH))
    if (hex !== null) {
      this.parts.push(Buffer.from(hex[1], "hex"))
      this.position += HEX_ESCAPE_LENGTH
      return
    }
    const code = this.line.codePointAt(this.position + 1)
    const escaped = code === undefined ? "\\" : String.fromCodePoint(code)
    this.take(ESCAPES[escaped] ?? escaped)
    this.position += code === undefined ? 1 : 1 + escaped.length
  }

  private take(text: string): void {
    this.parts.push(Buffer.from(text, this.encoding))
  }

  private skipTo(stop: RegExp): number {
    stop.lastIndex = this.position
    const found = stop.exec(this.line)
    this.position = found === null ? this.line.length : found.index
    return this.position
  }
}

/** What C's isspace takes for a blank. Of these, only the first four end a word without quotes. */
const BLANKS = " \n\r\t\v\f"
const BARE_STOP = /[ \n\r\t"']/g
const DOUBLE_STOP = /["\\]/g
const SINGLE_STOP = /['\\]/g
const HEX_ESCAPE = /^\\x([0-9a-fA-F]{2})$/
const HEX_ESCAPE_LENGTH = 4
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", a: "\u0007" }

const skipBlanks = (line: string, from: number): number => {
  let position = from
  while (position < line.length && BLANKS.includes(line[position])) position++
  return position
}

const quoteAt = (line: string, position: number): Word["quote"] => {
  const character = line[position]
  return character === '"' || character === "'" ? character : undefined
}
