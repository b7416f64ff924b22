import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { differenceFrom, formatCheckpoint, parseCheckpoint } from "../../../src/app/fill/Checkpoint.ts"
import {
  checkpointOfPart,
  earlierRun,
  loadCheckpoint,
  removeLeftovers,
  replaceFile,
  seedOfCheckpoint
} from "../../../src/app/fill/CheckpointFile.ts"
import type { FillSettings } from "../../../src/app/fill/FillSettings.ts"
import { partOfRange } from "../../../src/dataset/FillPlan.ts"
import { IndexRuns } from "../../../src/dataset/IndexRuns.ts"
import { SLOT_COUNT } from "../../../src/protocol/HashSlot.ts"
import { settingsOf } from "./FillFixture.ts"

const doneOf = (stride: number, groups: ReadonlyArray<readonly [first: number, keys: number]>): IndexRuns => {
  const done = new IndexRuns(stride)
  for (const [first, keys] of groups) done.add(first, keys)
  return done
}

/** What is wrong with a text that should be a checkpoint. */
const problemOf = (text: string): string | undefined => {
  const parsed = parseCheckpoint(text)
  return "problem" in parsed ? parsed.problem : undefined
}

describe("a checkpoint", () => {
  it("gives back what was written, of any fill", () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.maxSafeNat(),
        fc.array(fc.tuple(fc.nat(99_000), fc.integer({ min: 1, max: 9 })), { maxLength: 30 }),
        (isCluster, seed, groups) => {
          const range = { from: 1000, to: 400_000 }
          const settings = settingsOf(1_000_000, { seed, isCluster, range })
          const stride = isCluster ? SLOT_COUNT : 1
          const done = doneOf(
            stride,
            groups.map(([first, keys]) => [1000 + first, keys])
          )
          const parsed = parseCheckpoint(formatCheckpoint(settings, done))
          if ("problem" in parsed) throw new Error(parsed.problem)
          expect(parsed.done.toLaneRuns()).toEqual(done.toLaneRuns())
          expect(differenceFrom(parsed, settings)).toBe(undefined)
        }
      ),
      { numRuns: 50 }
    )
  })

  it("says by which option a fill is another one", () => {
    const settings = settingsOf(100_000, { seed: 5 })
    const parsed = parseCheckpoint(formatCheckpoint(settings, doneOf(1, [[0, 10]])))
    if ("problem" in parsed) throw new Error(parsed.problem)
    const others: ReadonlyArray<readonly [Partial<FillSettings>, RegExp]> = [
      [{ seed: 6 }, /--seed is 5 there, and 6 here/],
      [{ keySize: 21 }, /--key-size is 20 there, and 21 here/],
      [{ valueSize: 31 }, /--value-size is 30 there, and 31 here/],
      [{ totalKeys: 7 }, /--data, in keys is 100000 there, and 7 here/],
      [{ shard: { part: 1, parts: 2 } }, /--shard is 1\/1 there, and 1\/2 here/],
      [{ range: { from: 0, to: 50_000 } }, /--processes, as the end of the keys is 100000 there/],
      [{ isCluster: true }, /--cluster is false there, and true here/],
      [
        { command: { _tag: "WriteExpiring", milliseconds: 9 } },
        /--ttl, in milliseconds is none there, and 9 here/
      ]
    ]
    for (const [other, message] of others) {
      expect(differenceFrom(parsed, { ...settings, ...other })).toMatch(message)
    }
    for (const same of [{ pipeline: 1 }, { connections: 3 }]) {
      expect(differenceFrom(parsed, { ...settings, ...same })).toBe(undefined)
    }
  })

  it("is refused with a single byte missing or changed, wherever", () => {
    const text = formatCheckpoint(settingsOf(100_000), doneOf(1, [[20, 10]])).trimEnd()
    for (let length = 0; length < text.length; length++) {
      expect([length, problemOf(text.slice(0, length))]).not.toContain(undefined)
      const changed = `${text.slice(0, length)}${text[length] === "1" ? "2" : "1"}${text.slice(length + 1)}`
      expect([length, problemOf(changed)]).not.toContain(undefined)
    }
    expect(problemOf("")).toBe("is empty")
    expect(problemOf("[]")).toBe("is no checkpoint of a fill")
    expect(problemOf("PK\u0003")).toBe("is cut short, or no checkpoint of a fill")
    expect(problemOf(text.slice(0, 60))).toBe("is cut short, or no checkpoint of a fill")
    expect(problemOf(text.replace('"version":1', '"version":2'))).toBe("has format version 2, not 1")
    expect(problemOf(text.replace('"acknowledged":10', '"acknowledged":11'))).toMatch(/damaged/)
  })
})

/** A folder of the test's own. */
const inFolder = <A, E>(use: (path: (name: string) => string) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.acquireUseRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "redis-client-checkpoint-"))),
    (folder) => use((name) => join(folder, name)),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )

describe("the file of a checkpoint", () => {
  it.effect("is replaced as a whole, and leaves nothing beside it", () =>
    inFolder((path) =>
      Effect.gen(function* () {
        const settings = settingsOf(1000)
        expect(yield* loadCheckpoint(path("c"), settings)).toBe(undefined)
        for (const keys of [10, 20]) {
          yield* replaceFile(path("c"), formatCheckpoint(settings, doneOf(1, [[0, keys]])))
          expect((yield* loadCheckpoint(path("c"), settings))?.size).toBe(keys)
        }
        expect(readdirSync(path("."))).toEqual(["c"])
        const kept = ["c", `c.${process.pid}.new`, "c.x.new", "d.4194303.new"]
        for (const name of [...kept.slice(1), "c.4194303.new"]) writeFileSync(path(name), "")
        yield* removeLeftovers(path("c"))
        expect(readdirSync(path(".")).toSorted()).toEqual(kept.toSorted())
        expect(yield* seedOfCheckpoint(path("c"), 1)).toBe(1)
        expect(yield* seedOfCheckpoint(path("other"), 1)).toBe(undefined)
        expect(yield* Effect.flip(replaceFile(path("none/c"), ""))).toBe("ENOENT")
      })
    )
  )

  it.effect("is refused in one line when it is another fill's or no checkpoint, and stays as it is", () =>
    inFolder((path) =>
      Effect.gen(function* () {
        const settings = settingsOf(1000)
        yield* replaceFile(path("c"), formatCheckpoint(settings, doneOf(1, [[0, 10]])))
        const other = yield* Effect.flip(loadCheckpoint(path("c"), settingsOf(1000, { seed: 2 })))
        expect(other.message).toBe(
          `--resume: '${path("c")}' belongs to another fill: --seed is 1 there, and 2 here; ` +
            "give the options that it was begun with, or another file"
        )
        writeFileSync(path("notes"), "buy milk\n")
        const notes = yield* Effect.flip(loadCheckpoint(path("notes"), settings))
        expect(notes.message).toBe(
          `--resume: '${path("notes")}' is cut short, or no checkpoint of a fill; ` +
            "remove it to begin anew, or give another file"
        )
        expect(readFileSync(path("notes"), "utf8")).toBe("buy milk\n")
        const folder = yield* Effect.flip(loadCheckpoint(path("."), settings))
        expect(folder.message).toContain("cannot be read (EISDIR)")
      })
    )
  )

  it.effect("of several processes is one per part, and of another number of them is refused", () =>
    inFolder((path) =>
      Effect.gen(function* () {
        const settings = settingsOf(1000, { processes: 3 })
        expect(yield* earlierRun(path("c"), settings)).toBe(undefined)
        for (const part of [0, 1]) {
          const range = partOfRange(settings.range, part, 3)
          yield* replaceFile(
            checkpointOfPart(path("c"), part + 1),
            formatCheckpoint({ ...settings, range }, doneOf(1, [[range.from, 5]]))
          )
        }
        expect(yield* earlierRun(path("c"), settings)).toEqual({ acknowledged: 10 })
        expect(yield* seedOfCheckpoint(path("c"), 3)).toBe(1)
        for (const processes of [1, 2, 4]) {
          const refused = yield* Effect.flip(earlierRun(path("c"), { ...settings, processes }))
          expect(refused.message).toContain("--processes")
        }
        yield* replaceFile(path("whole"), formatCheckpoint(settings, doneOf(1, [[0, 7]])))
        expect(yield* earlierRun(path("whole"), { ...settings, processes: 1 })).toEqual({ acknowledged: 7 })
        const refused = yield* Effect.flip(earlierRun(path("whole"), settings))
        expect(refused.message).toContain("--processes")
      })
    )
  )
})
