/** A key as it is shown. */
import { isUtf8 } from "node:buffer"
import { utf8 } from "../../../protocol/Resp.ts"
import { escaped } from "../../Quoting.ts"

const PLAIN = /^[!#-&(-[\]-~]+$/

/** As it stands where that is one printable word, else between quotes, as it would have to be typed. */
export const keyText = (key: Uint8Array): string => {
  const text = Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1")
  return PLAIN.test(text) ? text : `"${escaped(key)}"`
}

/** For a document: the text that the bytes are, and their escapes where they are none. */
export const keyJson = (key: Uint8Array): string => (isUtf8(key) ? utf8(key) : escaped(key))
