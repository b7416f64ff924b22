/**
 * Bytes as a word between double quotes that reads back as the same bytes: how
 * redis-cli shows a string and MONITOR an argument (their sdscatrepr). Pure.
 *
 * @example quoted(Buffer.from([0x61, 0x22, 0xff])) // "\"a\\\"\\xff\""
 */
export const quoted = (bytes: Uint8Array): string => `"${escaped(bytes)}"`

/** The same without the quotes around it; ASCII. */
export const escaped = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")
  return SPECIAL.test(text) ? text.replaceAll(EVERY_SPECIAL, escapeOf) : text
}

/** What is not printable ASCII, and the two characters that mean something between the quotes. */
const SPECIAL = /[^ !#-[\]-~]/
const EVERY_SPECIAL = new RegExp(SPECIAL, "g")

const NAMED: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\u0007": "\\a",
  "\b": "\\b"
}

const escapeOf = (character: string): string =>
  NAMED[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`
