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
    write(Buffer.concat(keys.flatMap((key) => [lineOf(key, context.format), LINE_END])))
  ).pipe(Effect.mapError(walkFailed("--scan")))

const LINE_END = Buffer.from("\n")

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
