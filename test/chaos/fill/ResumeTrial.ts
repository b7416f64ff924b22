/** A fill that is killed at random moments, and goes on each time with the same command. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseCheckpoint } from "../../../src/app/fill/Checkpoint.ts"
import { documentOf, fill, startFill, sum, untilKeys, verify } from "../../support/FillProgram.ts"
import type { TestServers } from "../../support/TestCluster.ts"

/** A folder that is gone with the scope. */
export const temporaryFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "redis-client-resume-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

/** Keys that the file says are acknowledged; 0 when it is not there yet. */
export const acknowledgedIn = (file: string): number => {
  if (!existsSync(file)) return 0
  const parsed = parseCheckpoint(readFileSync(file, "utf8"))
  if ("problem" in parsed) throw new Error(`the checkpoint ${parsed.problem}`)
  return parsed.done.size
}

export interface ResumeScale {
  /** `-d` and `--seed`, and how many keys that is. */
  readonly data: ReadonlyArray<string>
  readonly keys: number
  readonly streams: number
  /** Keys unacknowledged per stream. */
  readonly window: number
  readonly kills: number
}

/**
 * Kills the fill when so many keys are there as chance wants, and lets a last one end. Half way, slots move, so that
 * streams and owners are others than those that the checkpoint was begun with. Gives the promises that were broken.
 */
export const killAndResume = (
  servers: TestServers,
  { data, keys, kills, streams, window }: ResumeScale
): Effect.Effect<ReadonlyArray<string>> =>
  Effect.gen(function* () {
    const violations: Array<string> = []
    const file = join(yield* temporaryFolder, "checkpoint")
    const args = [...data, "--resume", file, "-n", String(streams), "--pipeline", String(window)]
    const moments = Array.from({ length: kills }, () => Math.floor(Math.random() * keys)).toSorted(
      (a, b) => a - b
    )
    let unknownBefore = 0
    for (const [index, moment] of moments.entries()) {
      yield* Effect.scoped(
        Effect.gen(function* () {
          const run = yield* startFill(servers, ...args)
          yield* Effect.raceFirst(untilKeys(servers, moment), Effect.asVoid(run.end))
          yield* run.signal("SIGKILL")
          yield* run.end
        })
      )
      // Written, and not known to be: those of earlier runs that this one has not come to, and a window per stream.
      const unknown = sum(yield* servers.keysPerMaster) - acknowledgedIn(file)
      if (unknown < 0 || unknown > unknownBefore + streams * window) {
        violations.push(`killed at ${moment} of ${moments.join(", ")}: ${unknown} keys are written again`)
      }
      unknownBefore = unknown
      if (index === Math.floor(kills / 2)) yield* servers.reshard(30, servers.masters[0], servers.masters[1])
    }
    const end = yield* fill(servers, ...args)
    const { acknowledged, error } = documentOf(end)
    if (end.status !== 0 || acknowledged !== keys) {
      violations.push(
        `ended with ${end.status}, ${acknowledged} of ${keys} keys acknowledged: ${error?.message}`
      )
    }
    const { document } = yield* verify(servers, ...data)
    if (document.present !== keys) violations.push(`${document.present} of ${keys} keys are there in the end`)
    return violations
  }).pipe(Effect.scoped)
