/** The files of `--resume`: read before anything connects, replaced as a whole, and never overwritten unread. */
import * as Effect from "effect/Effect"
import { open, readdir, readFile, rename, rm } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { partOfRange } from "../../dataset/FillPlan.ts"
import type { IndexRuns } from "../../dataset/IndexRuns.ts"
import { CommandLineError, printable } from "../CommandLineError.ts"
import { type Checkpoint, differenceFrom, parseCheckpoint } from "./Checkpoint.ts"
import type { FillSettings } from "./FillSettings.ts"

/** Of worker process 1, 2 ...: each has a part of its own. */
export const checkpointOfPart = (path: string, part: number): string => `${path}.${part}`

/** The seed that a run without `--seed` goes on with; `undefined` when there is no file yet. */
export const seedOfCheckpoint = (
  path: string,
  processes: number
): Effect.Effect<number | undefined, CommandLineError> =>
  Effect.map(
    readCheckpoint(processes === 1 ? path : checkpointOfPart(path, 1)),
    (checkpoint) => checkpoint?.identity.seed
  )

/** How far an earlier run has come. */
export interface EarlierRun {
  readonly acknowledged: number
}

/** What there is to go on from; `undefined` when the fill begins now. */
export const earlierRun = (
  path: string,
  settings: FillSettings
): Effect.Effect<EarlierRun | undefined, CommandLineError> =>
  Effect.gen(function* () {
    const { processes, range } = settings
    if (processes === 1) {
      const done = yield* loadCheckpoint(path, settings)
      if (done !== undefined) return { acknowledged: done.size }
      yield* refuseIfThere(
        checkpointOfPart(path, 1),
        "has part of it: give the --processes that it was begun with"
      )
      return undefined
    }
    yield* refuseIfThere(
      path,
      "is that of a fill in one process: leave --processes out, or give another file"
    )
    const parts = yield* Effect.forEach(Array.from({ length: processes }), (_, part) =>
      loadCheckpoint(checkpointOfPart(path, part + 1), {
        ...settings,
        range: partOfRange(range, part, processes)
      })
    )
    yield* refuseIfThere(
      checkpointOfPart(path, processes + 1),
      "has part of it: give the --processes that it was begun with"
    )
    return parts.every((part) => part === undefined)
      ? undefined
      : { acknowledged: parts.reduce((keys, part) => keys + (part?.size ?? 0), 0) }
  })

const refuseIfThere = (path: string, problem: string): Effect.Effect<void, CommandLineError> =>
  Effect.flatMap(readCheckpoint(path), (checkpoint) =>
    checkpoint === undefined ? Effect.void : Effect.fail(unusable(path, problem))
  )

/** The keys of the fill that are acknowledged; `undefined` when there is no file yet. */
export const loadCheckpoint = (
  path: string,
  settings: FillSettings
): Effect.Effect<IndexRuns | undefined, CommandLineError> =>
  Effect.flatMap(readCheckpoint(path), (checkpoint) => {
    const difference = checkpoint === undefined ? undefined : differenceFrom(checkpoint, settings)
    return difference === undefined
      ? Effect.succeed(checkpoint?.done)
      : Effect.fail(unusable(path, `${difference}; give the options that it was begun with, or another file`))
  })

const readCheckpoint = (path: string): Effect.Effect<Checkpoint | undefined, CommandLineError> =>
  Effect.gen(function* () {
    const text = yield* Effect.tryPromise({
      try: () => readUnlessMissing(path),
      catch: (error) => unusable(path, `cannot be read (${codeOf(error)})`)
    })
    if (text === undefined) return undefined
    const checkpoint = parseCheckpoint(text)
    if (!("problem" in checkpoint)) return checkpoint
    return yield* unusable(path, `${checkpoint.problem}; remove it to begin anew, or give another file`)
  })

const readUnlessMissing = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, "utf8")
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined
    throw error
  }
}

/**
 * Puts the text in the file's place: at every moment the file is the old one or
 * the new one, and after this the new one also when the machine loses power.
 * Gives the reason when it fails, such as `ENOSPC`.
 */
export const replaceFile = (path: string, text: string): Effect.Effect<void, string> =>
  Effect.tryPromise({
    try: async () => {
      // Of this process alone: a worker whose parent was killed may write a last time while its successor begins.
      const next = `${path}.${process.pid}.new`
      await writeThrough(next, text)
      await rename(next, path)
      await syncFolder(dirname(path))
    },
    catch: codeOf
    // A write that nobody waits for might put an older state in the place of a newer one.
  }).pipe(Effect.uninterruptible)

/** Takes away what processes that were killed in the middle of a write have left beside the file. */
export const removeLeftovers = (path: string): Effect.Effect<void> =>
  Effect.promise(async () => {
    const folder = dirname(path)
    // A folder that cannot be read has nothing that could be taken away, and is said to be unusable by the first write.
    const names = await readdir(folder).catch((): Array<string> => [])
    for (const name of names) {
      const rest = name.startsWith(`${basename(path)}.`) ? name.slice(basename(path).length + 1) : ""
      const pid = /^(\d+)\.new$/.exec(rest)?.[1]
      if (pid !== undefined && !isAlive(Number(pid))) await rm(join(folder, name), { force: true })
    }
  })

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === "EPERM"
  }
}

const writeThrough = async (path: string, text: string): Promise<void> => {
  const file = await open(path, "w", 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, "r")
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

const unusable = (path: string, problem: string): CommandLineError =>
  new CommandLineError({ message: `--resume: '${printable(path)}' ${problem}` })

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error)
