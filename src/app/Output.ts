/** Standard output: results, and nothing else. */
import * as Effect from "effect/Effect"
import type { JsonDocument } from "./CommandRun.ts"
import { statusLine } from "./StatusLine.ts"

/** Writes lines, after taking away what progress has drawn on the same terminal. */
export const print = (text: string): Effect.Effect<void> => write(`${text}\n`)

/** Writes text or bytes as they are, and waits until they are taken. */
export const write = (output: string | Uint8Array): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    statusLine().clear()
    process.stdout.write(output, () => resume(Effect.void))
  })

/** The one document of `--json`. */
export const printJson = (document: JsonDocument): Effect.Effect<void> => print(JSON.stringify(document))
