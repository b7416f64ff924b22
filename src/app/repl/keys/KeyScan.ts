/** The built-in `--scan`: every key of every master, one to a line. */
import * as Effect from "effect/Effect"
import type { BuiltinRun } from "../builtin/Builtin.ts"
import { write } from "../../Output.ts"
import type { ReplyFormat } from "../reply/ReplyFormat.ts"
import { quoted } from "../../Quoting.ts"
import { KeyLines } from "./KeyLines.ts"
import { keyJson } from "./KeyText.ts"
import { selectionOf, walkFailed, walkKeys } from "./KeyWalk.ts"

export const keyScan: BuiltinRun = (words, context) =>
  Effect.suspend(() => {
    const lines = new KeyLines(performance.now())
    const rest = Effect.suspend(() => write(lines.take(performance.now())))
    return walkKeys(
      context.client,
      { selection: selectionOf(words, context), pauseMs: context.intervalMs, asksServers: false },
      (keys) =>
        Effect.suspend(() => {
          for (const key of keys) lines.add(lineOf(key, context.format))
          // Nobody wants to wait for them through a pause.
          const isDue = context.intervalMs !== undefined || lines.isDue(performance.now())
          return isDue ? rest : Effect.void
        })
    ).pipe(
      // Also when it is interrupted: what was found is printed.
      Effect.ensuring(rest),
      Effect.mapError(walkFailed("--scan"))
    )
  })

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
