import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { BenchSettings, MixPart } from "../../../src/app/bench/BenchSettings.ts"
import { CommandTemplate, templateWords } from "../../../src/app/bench/CommandTemplate.ts"
import { Workload } from "../../../src/app/bench/Workload.ts"
import { DataSet } from "../../../src/dataset/DataSet.ts"
import { calculateSlot } from "../../../src/protocol/HashSlot.ts"
import type { CommandArguments } from "../../../src/protocol/Resp.ts"
import { benchSettings } from "./BenchFixture.ts"

const KEYS = 50_000
const ALONE = { worker: 0, workers: 1 }

const partOf = (template: string, weight = 1): MixPart => ({
  name: template.split(" ")[0].toLowerCase(),
  words: templateWords(template) ?? [],
  weight
})

const settingsOf = (...mix: ReadonlyArray<MixPart>): BenchSettings =>
  benchSettings({ mix, keys: KEYS, seed: 7, keySize: 24, valueSize: 40 })

const bytes = (args: CommandArguments): ReadonlyArray<string> =>
  args.map((arg) => Buffer.from(arg as Uint8Array | string).toString("latin1"))

describe("CommandTemplate", () => {
  it("renders fill's key and value of any index, wherever they stand in a word", () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.nat(),
          keySize: fc.integer({ min: 9, max: 80 }),
          valueSize: fc.integer({ min: 1, max: 80 })
        }),
        fc.array(fc.nat({ max: KEYS - 1 }), { minLength: 1, maxLength: 5 }),
        (options, indexes) => {
          const dataSet = new DataSet(options)
          const words = templateWords("HSET {k} pre{i}:{v}post '{v}'")!
          const command = new CommandTemplate(words, dataSet, KEYS).make()
          for (const index of indexes) {
            command.render(index)
            const value = dataSet.value(index).toString("latin1")
            const number = String(index).padStart(5, "0")
            expect(bytes(command.args)).toEqual([
              "HSET",
              dataSet.key(index).toString("latin1"),
              `pre${number}:${value}post`,
              value
            ])
          }
          const length = bytes(command.args).join("").length
          expect(CommandTemplate.heldBytes(words, options, KEYS)).toBe(length)
        }
      )
    )
  })

  it("gives each command buffers of its own", () => {
    const template = new CommandTemplate(templateWords("GET {k}")!, new DataSet(settingsOf()), KEYS)
    const [one, other] = [template.make(), template.make()]
    one.render(1)
    other.render(2)
    expect(bytes(one.args)).not.toEqual(bytes(other.args))
  })

  it("takes bytes that are no text, and refuses quotes that are not balanced", () => {
    expect(templateWords('SET "\\xff{k}" 1')?.map((word) => word.toString("latin1"))).toEqual([
      "SET",
      "\u00ff{k}",
      "1"
    ])
    expect(templateWords("SET {k} 'x")).toBeUndefined()
    expect(templateWords("  ")).toBeUndefined()
  })
})

describe("Workload", () => {
  it.each([
    ["SET {k} {v}", false],
    ["GET {k}", true],
    ["HGET user:{k} f", true],
    ["EVAL 'return 1' 1 {k}", false]
  ])("knows the slot of %s, and whether it reads", (template, isRead) => {
    const workload = new Workload(settingsOf(partOf(template)), 1, ALONE)
    expect(workload.operations[0].isRead).toBe(isRead)
    const dataSet = new DataSet(settingsOf())
    for (let count = 0; count < 50; count++) {
      const args = workload.next(0)
      const key = bytes(args)[template.startsWith("EVAL") ? 3 : 1]
      expect(key.endsWith(dataSet.key(0).subarray(-4).toString("latin1"))).toBe(true)
      expect(workload.slot).toBe(calculateSlot(Buffer.from(key, "latin1")))
    }
  })

  it.each([
    ["PING", -1],
    ["INCR counter", calculateSlot("counter")],
    ["SET {fixed}{k} {v}", calculateSlot("{fixed}")]
  ])("knows the slot of %s, which is the same for every key", (template, slot) => {
    const workload = new Workload(settingsOf(partOf(template)), 1, ALONE)
    for (let count = 0; count < 5; count++) {
      workload.next(0)
      expect(workload.slot).toBe(slot)
    }
  })

  it("mixes its commands by their weights", () => {
    const workload = new Workload(settingsOf(partOf("SET {k} {v}", 1), partOf("GET {k}", 4)), 1, ALONE)
    const counts = [0, 0]
    for (let count = 0; count < 50_000; count++) {
      workload.next(0)
      counts[workload.operation]++
    }
    expect(Math.abs(counts[0] - 10_000)).toBeLessThan(600)
  })
})
