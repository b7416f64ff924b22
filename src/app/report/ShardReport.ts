/** The documents that `fill --json` prints, read again. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { parseShard, type Shard } from "../ShardOption.ts"

const Count = Schema.NonNegativeInt

const Document = Schema.Struct({
  seed: Count,
  keySize: Count,
  valueSize: Count,
  shard: Schema.String,
  totalKeys: Count,
  keys: Count,
  bytes: Count,
  acknowledged: Schema.NullOr(Count),
  seconds: Schema.NonNegative,
  nodes: Schema.Array(
    Schema.Struct({
      address: Schema.String,
      keys: Count,
      bytes: Count,
      slots: Count,
      expected: Count,
      evicted: Count
    })
  ),
  moved: Count,
  asked: Count,
  resent: Count,
  errors: Schema.Record({ key: Schema.String, value: Count }),
  verify: Schema.optional(
    Schema.Struct({
      keys: Count,
      present: Count,
      missing: Count,
      different: Count,
      seconds: Schema.NonNegative
    })
  ),
  error: Schema.optional(Schema.Struct({ tag: Schema.String, message: Schema.String }))
})

/** What one run has done of its shard. */
export interface ShardReport extends Omit<typeof Document.Type, "shard"> {
  readonly shard: Shard
}

const decode = Schema.decodeUnknownEither(Schema.parseJson(Document))

/**
 * The documents of a file, one per line; lines that are none (a log holds what
 * went to standard error as well) are passed over. A text when one cannot be read.
 */
export const parseReports = (text: string): ReadonlyArray<ShardReport> | string => {
  const reports: Array<ShardReport> = []
  for (const [index, line] of text.split("\n").entries()) {
    if (!line.startsWith("{")) continue
    const decoded = decode(line)
    if (Either.isLeft(decoded)) return `line ${index + 1} is no report of fill --json`
    const shard = parseShard(decoded.right.shard)
    if (!("value" in shard)) return `line ${index + 1}: ${decoded.right.shard} is no shard`
    reports.push({ ...decoded.right, shard: shard.value })
  }
  return reports.length === 0 ? "holds no report of fill --json" : reports
}

/** Every key of the shard is written, as far as anybody can say. */
export const isWhole = ({ acknowledged, error, keys }: ShardReport): boolean =>
  error === undefined && (acknowledged === null || acknowledged === keys)
