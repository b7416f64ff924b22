/** The built-in `slots`: the slot of each key, and the master that serves it. Nothing is asked of a server. */
import * as Effect from "effect/Effect"
import { type ClusterTopology, findNodeForSlot } from "../../../protocol/ClusterTopology.ts"
import { calculateSlot } from "../../../protocol/HashSlot.ts"
import type { CommandArguments } from "../../../protocol/Resp.ts"
import { CommandFailure } from "../../CommandFailure.ts"
import { textTable } from "../../TextTable.ts"
import { type BuiltinRun, printReport } from "../builtin/Builtin.ts"
import { keyJson, keyText } from "../keys/KeyText.ts"

export interface KeySlot {
  readonly key: Uint8Array
  readonly slot: number
  /** `undefined`: nobody serves it. */
  readonly node: string | undefined
}

export const keySlots = (keys: CommandArguments, topology: ClusterTopology): ReadonlyArray<KeySlot> =>
  keys.map((key) => {
    const slot = calculateSlot(key)
    return { key: bytesOf(key), slot, node: findNodeForSlot(topology, slot)?.address }
  })

const bytesOf = (word: CommandArguments[number]): Uint8Array =>
  typeof word === "object" ? word : Buffer.from(String(word))

export const slots: BuiltinRun = ([, ...keys], context) =>
  Effect.gen(function* () {
    if (keys.length === 0) {
      return yield* new CommandFailure({
        tag: "UsageError",
        message: "slots: a key is missing: slots KEY ..."
      })
    }
    const found = keySlots(keys, yield* context.client.topology)
    yield* printReport(context, {
      text: () =>
        textTable(
          [{ title: "SLOT", align: "right" }, { title: "NODE" }, { title: "KEY" }],
          found.map(({ key, node, slot }) => [String(slot), node ?? "-", keyText(key)])
        ),
      document: () => ({
        keys: found.map(({ key, node, slot }) => ({ key: keyJson(key), slot, node: node ?? null }))
      })
    })
  })
