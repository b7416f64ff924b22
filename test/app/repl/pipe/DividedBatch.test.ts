import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as fc from "fast-check"
import { DividedBatch, type Result } from "../../../../src/app/repl/pipe/DividedBatch.ts"
import { answer } from "../../../../src/app/repl/session/SessionAnswer.ts"
import { commandSlot, CROSS_SLOT, lookupCommand } from "../../../../src/protocol/CommandTable.ts"
import * as Resp from "../../../../src/protocol/Resp.ts"
import type { CommandArguments } from "../../../../src/protocol/Resp.ts"

/** A server without slots, to compare with: what commands one after the other would do. */
class Store {
  private readonly values = new Map<string, string>()

  execute([name, ...args]: CommandArguments): Result {
    const words = args.map(String)
    switch (name) {
      case "MSET":
        for (let index = 0; index < words.length; index += 2) this.values.set(words[index], words[index + 1])
        return Either.right(answer(Resp.ok))
      case "MGET":
        return Either.right(answer(Resp.array(words.map((word) => this.get(word)))))
      case "GET":
        return Either.right(answer(this.get(words[0])))
      default:
        return Either.right(answer(Resp.integer(words.filter((word) => this.values.delete(word)).length)))
    }
  }

  private get(key: string): Resp.RespValue {
    const value = this.values.get(key)
    return value === undefined ? Resp.nullBulkString : Resp.bulkString(value)
  }
}

const key = fc.constantFrom("a", "b", "c", "d", "{a}2")
const keys = fc.uniqueArray(key, { minLength: 1 })
const command: fc.Arbitrary<CommandArguments> = fc.oneof(
  fc
    .tuple(keys, fc.nat(9))
    .map(([names, value]) => ["MSET", ...names.flatMap((name) => [name, `${name}${value}`])]),
  keys.map((names) => ["MGET", ...names]),
  keys.map((names) => ["DEL", ...names]),
  key.map((name) => ["GET", name])
)

describe("DividedBatch", () => {
  it("parts have one slot each, and joined they reply what the commands would", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 20 }), (commands) => {
        const batch = new DividedBatch(commands)
        for (const part of batch.parts) expect(commandSlot(lookupCommand(part)!, part)).not.toBe(CROSS_SLOT)
        const [divided, whole] = [new Store(), new Store()]
        expect(batch.join(batch.parts.map((part) => divided.execute(part)))).toEqual(
          commands.map((args) => whole.execute(args))
        )
      })
    )
  })

  it("a part that fails is the failure of its command, and of no other", () => {
    const batch = new DividedBatch([
      ["MSET", "a", "1", "b", "2"],
      ["GET", "a"]
    ])
    expect(batch.parts).toHaveLength(3)
    const refusal: Result = Either.right(answer(Resp.simpleError("OOM no"), "h:1"))
    const fine: Result = Either.right(answer(Resp.ok))
    const joined = batch.join([fine, refusal, fine])
    expect(joined).toEqual([Either.right(answer(Resp.simpleError("OOM no"))), fine])
  })
})
