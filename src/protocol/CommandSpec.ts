/**
 * What the client knows of one command: its arity and flags, where its keys
 * stand, which nodes it goes to and how their replies become one.
 *
 * Made from a row, which says what a server says of it (COMMAND), and from
 * CommandOverrides, which corrects that.
 *
 * Source: https://redis.io/docs/latest/commands/command/
 */
import { type CommandOverride, overrideOf } from "./CommandOverrides.ts"
import { keyLayout, type KeyLayout, type KeySpec, makeKeySpec } from "./KeySpec.ts"
import type { RequestPolicy, ResponsePolicy } from "./RoutingPolicy.ts"

export interface CommandSpec extends KeyLayout {
  /** In lower case; of a subcommand, `config|set`. */
  readonly name: string
  /** Arguments, name included; if negative, at least as many. */
  readonly arity: number
  /** Changes nothing, so it may be sent again, and to a replica: the server's flag, corrected. */
  readonly readOnly: boolean
  readonly write: boolean
  /** May wait for something to happen, and all behind it on its connection with it. See `isBlocking`. */
  readonly blocking: boolean
  /** Waits only with the option BLOCK. */
  readonly blocksByOption: boolean
  readonly pubsub: boolean
  readonly admin: boolean
  readonly noScript: boolean
  /** Not allowed in a transaction. */
  readonly noMulti: boolean
  /** Refused by a server at maxmemory. */
  readonly denyOom: boolean
  /** Answered before AUTH. */
  readonly noAuth: boolean
  /** Answered while the data set is being loaded. */
  readonly loading: boolean
  /** Answered by a replica that has lost its master. */
  readonly stale: boolean
  /** `undefined`: the node that owns the slot of its keys (any master, if this call has none), its reply as it is. */
  readonly requestPolicy: RequestPolicy | undefined
  /** `undefined`: there is but one reply, or (`multi-shard`) each key's part stands in its place. */
  readonly responsePolicy: ResponsePolicy | undefined
  /** Of a container such as CONFIG: its subcommands, by their own name in all upper and all lower case. */
  readonly subcommands: ReadonlyMap<string, CommandSpec> | undefined
}

/** Keyword (or ""), index, kind; then last key, step, limit of a range, or index of the count, step, first key. */
export type KeySpecRow = readonly [
  keyword: string,
  from: number,
  find: string,
  lastKeyOrCountIndex: number,
  step: number,
  limitOrFirstKey: number,
  flags: string
]

/** A command in the server's words: flags separated by blanks, policies as its tips have them ("": none). */
export type CommandRow = readonly [
  name: string,
  arity: number,
  flags: string,
  keySpecs: ReadonlyArray<KeySpecRow>,
  requestPolicy: string,
  responsePolicy: string
]

const specOfRow = (row: CommandRow, subcommands: CommandSpec["subcommands"]): CommandSpec => {
  const [name, arity, flagText, keySpecRows, requestTip, responseTip] = row
  const flags = flagText.split(" ")
  const override: CommandOverride = overrideOf(name) ?? {}
  const layout = keyLayout(override.keySpecs ?? keySpecRows.filter(isFindable).map(keySpecOf))
  const isRouted = "requestPolicy" in override
  const tippedRequest =
    REQUEST_POLICIES[requestTip] ?? (layout.keySpecs.length === 0 ? "any-node" : undefined)
  return {
    name,
    arity,
    readOnly: override.readOnly ?? flags.includes("readonly"),
    write: flags.includes("write"),
    blocking: override.blocking ?? flags.includes("blocking"),
    blocksByOption: override.blocksByOption ?? false,
    pubsub: flags.includes("pubsub"),
    admin: flags.includes("admin"),
    noScript: flags.includes("noscript"),
    noMulti: flags.includes("no_multi"),
    denyOom: flags.includes("denyoom"),
    noAuth: flags.includes("no_auth"),
    loading: flags.includes("loading"),
    stale: flags.includes("stale"),
    requestPolicy: isRouted ? override.requestPolicy : tippedRequest,
    responsePolicy: isRouted
      ? override.responsePolicy
      : (override.responsePolicy ?? RESPONSE_POLICIES[responseTip]),
    subcommands,
    keySpecs: layout.keySpecs,
    firstKey: layout.firstKey,
    keyedLength: layout.keyedLength,
    isSingleKey: layout.isSingleKey
  }
}

/**
 * The specification of the command in the first row; the other rows are its
 * subcommands, if it has any.
 */
export const makeCommandSpec = (rows: ReadonlyArray<CommandRow>): CommandSpec => {
  const [own, ...others] = rows
  if (others.length === 0) return specOfRow(own, undefined)
  const subcommands = new Map<string, CommandSpec>()
  for (const row of others)
    addSpelled(subcommands, row[0].slice(own[0].length + 1), specOfRow(row, undefined))
  return specOfRow(own, subcommands)
}

/** Names are looked up as people and programs spell them: all upper or all lower case. */
export const addSpelled = (specs: Map<string, CommandSpec>, name: string, spec: CommandSpec): void => {
  specs.set(name, spec)
  specs.set(name.toUpperCase(), spec)
}

const REQUEST_POLICIES: Readonly<Record<string, RequestPolicy>> = {
  all_nodes: "all-nodes",
  all_shards: "all-masters",
  multi_shard: "multi-shard",
  special: "special"
}

const RESPONSE_POLICIES: Readonly<Record<string, ResponsePolicy>> = {
  all_succeeded: "all-succeeded",
  one_succeeded: "one-succeeded",
  agg_logical_and: "agg-logical-and",
  agg_logical_or: "agg-logical-or",
  agg_min: "agg-min",
  agg_max: "agg-max",
  agg_sum: "agg-sum",
  special: "special"
}

const isFindable = ([, , find]: KeySpecRow): boolean => find === "range" || find === "keynum"

const keySpecOf = ([
  keyword,
  from,
  find,
  lastKeyOrCountIndex,
  step,
  limitOrFirstKey,
  flagText
]: KeySpecRow): KeySpec => {
  const flags = flagText.split(" ")
  const access = flags.includes("RO")
    ? "RO"
    : flags.includes("OW")
      ? "OW"
      : flags.includes("RM")
        ? "RM"
        : "RW"
  const search = { keyword: keyword.toUpperCase(), from, step: Math.max(1, step), access } as const
  const isChannel = flags.includes("not_key")
  return find === "keynum"
    ? makeKeySpec({
        ...search,
        isChannel,
        isCounted: true,
        countIndex: lastKeyOrCountIndex,
        firstKey: limitOrFirstKey
      })
    : makeKeySpec({ ...search, isChannel, lastKey: lastKeyOrCountIndex, limit: limitOrFirstKey })
}
