/** Names of keys for completion: a SCAN that ends soon, whatever there is to scan. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import { scan } from "../../../client/scan/Scan.ts"
import { scanNode } from "../../../client/scan/ScanNode.ts"
import { session } from "../../../client/transaction/Session.ts"

/** A person waits meanwhile. */
const LONGEST_SCAN = "400 millis"
const MOST_KEYS = 100
const KEYS_PER_PAGE = 1000

export interface KeyPlace {
  readonly client: RedisCommands
  /** `undefined`: the one that the client has selected. */
  readonly database: { readonly number: number; readonly node: string } | undefined
}

export const keyNames = (
  { client, database }: KeyPlace,
  prefix: Buffer
): Effect.Effect<ReadonlyArray<Buffer>> =>
  Effect.suspend(() => {
    const found: Array<Buffer> = []
    const pattern = globOf(prefix)
    const collect = (keys: Stream.Stream<Uint8Array, unknown>): Effect.Effect<void, unknown> =>
      Stream.runForEach(Stream.take(keys, MOST_KEYS), (key) =>
        Effect.sync(() => found.push(Buffer.from(key)))
      )
    const scanned =
      database === undefined
        ? collect(scan(client, { match: pattern, count: KEYS_PER_PAGE, concurrency: 4, bytes: true }))
        : session(client, { node: database.node }, (own) =>
            Effect.zipRight(
              own.execute("SELECT", database.number),
              collect(scanNode(own, database.node, ["MATCH", pattern, "COUNT", KEYS_PER_PAGE]))
            )
          )
    return Effect.as(Effect.ignore(Effect.timeoutOption(scanned, LONGEST_SCAN)), found)
  })

/** The characters of a pattern, taken for what they are. */
const globOf = (prefix: Buffer): string | Uint8Array =>
  Buffer.from(`${prefix.toString("latin1").replaceAll(/[*?[\]\\^]/g, "\\$&")}*`, "latin1")
