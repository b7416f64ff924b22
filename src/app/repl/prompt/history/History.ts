/**
 * The lines typed so far, this time and before. Each is written down at once,
 * in a file that only its owner can read; commands that carry a secret are not
 * kept at all. Several prompts may share the file.
 */
import * as Effect from "effect/Effect"
import { appendFile, chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import { isSecret } from "./SecretCommand.ts"

export interface History {
  /** The latest first. */
  readonly lines: ReadonlyArray<string>
  /** Fails never: a file that cannot be written is told once, and the lines are kept for now. */
  readonly add: (line: string) => Effect.Effect<void>
}

/** Lines that are kept, and lines that the file may have before it is cut to that. */
const MOST_LINES = 2000
const MOST_FILE_LINES = 2 * MOST_LINES
const OWNER_ONLY = 0o600
const OWNER_ONLY_FOLDER = 0o700

export const make = (path: string | undefined, onNotice: (text: string) => void): Effect.Effect<History> =>
  Effect.gen(function* () {
    let lines = path === undefined ? [] : yield* read(path)
    let isTold = path === undefined
    return {
      get lines() {
        return lines
      },
      add: (line) =>
        Effect.gen(function* () {
          if (line.trim() === "" || isSecret(line)) return
          // The same once more is no other line.
          if (lines[0] === line) return
          lines = [line, ...lines].slice(0, MOST_LINES)
          if (path === undefined || isTold) return
          yield* Effect.catchAll(append(path, line), (reason) =>
            Effect.sync(() => {
              isTold = true
              onNotice(`the history cannot be written to ${path} (${reason}); it is kept for this time only`)
            })
          )
        })
    }
  })

const read = (path: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.gen(function* () {
    const text = yield* Effect.promise(() => readFile(path, "utf8").catch(() => ""))
    const lines = text.split("\n").filter((line) => line !== "")
    if (lines.length > MOST_FILE_LINES) yield* Effect.promise(() => cut(path, lines).catch(() => {}))
    return lines.slice(-MOST_LINES).toReversed()
  })

/** Another prompt that writes meanwhile loses a line at most, never the file. */
const cut = async (path: string, lines: ReadonlyArray<string>): Promise<void> => {
  const next = `${path}.${process.pid}`
  await writeFile(next, `${lines.slice(-MOST_LINES).join("\n")}\n`, { mode: OWNER_ONLY })
  await rename(next, path)
}

const append = (path: string, line: string): Effect.Effect<void, string> =>
  Effect.tryPromise({
    try: async () => {
      await mkdir(dirname(path), { recursive: true, mode: OWNER_ONLY_FOLDER })
      await appendFile(path, `${line}\n`, { mode: OWNER_ONLY })
      // One that was there before may have been open to others.
      await chmod(path, OWNER_ONLY)
    },
    catch: (error) => (error as NodeJS.ErrnoException).code ?? String(error)
  })
