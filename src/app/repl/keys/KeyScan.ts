/** The built-in `--scan`: every key of every master, one to a line. */
import type { BuiltinRun } from "../builtin/Builtin.ts"
import { write } from "../../Output.ts"
import type { ReplyFormat } from "../reply/ReplyFormat.ts"
import { quoted } from "../words/Quoting.ts"
import * as Effect from "effect/Effect"
import { keyJson } from "./KeyText.ts"
import { selectionOf, walkFailed, walkKeys } from "./KeyWalk.ts"

export const keyScan: BuiltinRun = (words, context) =>
  walkKeys(context.client, selectionOf(words, context), context.intervalMs, (keys) =>
    write(linesOf(keys.map((key) => lineOf(key, context.format))))
  ).pipe(Effect.mapError(walkFailed("--scan")))

const LINE_FEED = 0x0a

/** Filled in place: to concatenate buffers of a few bytes took as long as everything else (1 million keys). */
const linesOf = (lines: ReadonlyArray<Uint8Array>): Buffer => {
  const bytes = Buffer.allocUnsafe(lines.reduce((sum, { length }) => sum + length + 1, 0))
  let end = 0
  for (const line of lines) {
    bytes.set(line, end)
    end += line.length
    bytes[end++] = LINE_FEED
  }
  return bytes
}

/** As redis-cli does: a terminal gets what it can show, everything else the bytes. */
const lineOf = (key: Uint8Array, format: ReplyFormat): Uint8Array => {
  switch (format.kind) {
    case "raw":
      return key
    case "json":
      return Buffer.from(JSON.stringify(keyJson(key)))
    default:
      return Buffer.from(quoted(key))
  }
}
