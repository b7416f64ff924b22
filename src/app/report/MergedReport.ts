/** The reports of the shards of one data set as one: what is there, and what is missing. Pure. */
import type { JsonDocument } from "../CommandRun.ts"
import { byAddress, megabytesPerSecond, number } from "../KeyProgress.ts"
import { formatShard } from "../ShardOption.ts"
import { formatSize } from "../Size.ts"
import { isWhole, type ShardReport } from "./ShardReport.ts"

export interface MergedReport {
  readonly shards: ReadonlyArray<ShardReport>
  readonly parts: number
  /** Shards by number: those without a report, those that were not written as a whole, those that were written twice. */
  readonly missing: ReadonlyArray<number>
  readonly incomplete: ReadonlyArray<number>
  readonly doubled: ReadonlyArray<number>
}

/** What all shards of a data set have in common. */
const COMMON = {
  seed: "the seed",
  keySize: "the key size",
  valueSize: "the value size",
  totalKeys: "the amount (--data)"
} as const

/** A text when the reports are not of one data set. */
export const mergeReports = (reports: ReadonlyArray<ShardReport>): MergedReport | string => {
  const [first] = reports
  for (const report of reports) {
    for (const [field, what] of Object.entries(COMMON) as ReadonlyArray<[keyof typeof COMMON, string]>) {
      if (report[field] !== first[field])
        return `${what} is ${first[field]} in one, ${report[field]} in another`
    }
    if (report.shard.parts !== first.shard.parts) {
      return `there are ${first.shard.parts} shards in one, ${report.shard.parts} in another`
    }
  }
  const { parts } = first.shard
  const shards: Array<ShardReport> = []
  const [missing, incomplete, doubled]: [Array<number>, Array<number>, Array<number>] = [[], [], []]
  for (let part = 1; part <= parts; part++) {
    const own = reports.filter(({ shard }) => shard.part === part)
    const whole = own.filter(isWhole)
    // An attempt that failed counts for nothing once another one has succeeded.
    const best = whole.at(0) ?? own.toSorted((a, b) => writtenBy(b) - writtenBy(a)).at(0)
    if (best === undefined) missing.push(part)
    else shards.push(best)
    if (whole.length > 1) doubled.push(part)
    if (whole.length === 0 && own.length > 0) incomplete.push(part)
  }
  return { shards, parts, missing, incomplete, doubled }
}

const writtenBy = ({ nodes }: ShardReport): number => sum(nodes.map(({ keys }) => keys))

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, value) => total + value, 0)

/** As `fill --json` prints of one run. */
export const mergedDocument = (merged: MergedReport): JsonDocument => {
  const { doubled, incomplete, missing, parts, shards } = merged
  const [{ keySize, seed, totalKeys, valueSize }] = shards
  const total = (count: (report: ShardReport) => number): number => sum(shards.map(count))
  const { acknowledged, keysPerSecond, seconds } = totals(merged)
  return {
    seed,
    keySize,
    valueSize,
    totalKeys,
    keys: total(({ keys }) => keys),
    bytes: total(({ bytes }) => bytes),
    acknowledged,
    seconds,
    keysPerSecond: Math.round(keysPerSecond),
    bytesPerSecond: Math.round(keysPerSecond * (keySize + valueSize)),
    nodes: mergedNodes(shards),
    moved: total(({ moved }) => moved),
    asked: total(({ asked }) => asked),
    resent: total(({ resent }) => resent),
    errors: mergedErrors(shards),
    ...(shards.every(({ verify }) => verify !== undefined)
      ? {
          verify: {
            keys: total(({ verify }) => verify?.keys ?? 0),
            present: total(({ verify }) => verify?.present ?? 0),
            missing: total(({ verify }) => verify?.missing ?? 0),
            different: total(({ verify }) => verify?.different ?? 0)
          }
        }
      : {}),
    shards: { parts, merged: shards.map(({ shard }) => shard.part), missing, incomplete, doubled }
  }
}

const totals = ({ shards }: MergedReport) => {
  const isAcknowledged = shards.every(({ acknowledged }) => acknowledged !== null)
  const written = sum(shards.map(writtenBy))
  // They ran at the same time: the slowest is the time of all.
  const seconds = Math.max(...shards.map((report) => report.seconds))
  return {
    acknowledged: isAcknowledged ? sum(shards.map(({ acknowledged }) => acknowledged ?? 0)) : null,
    written,
    seconds,
    keysPerSecond: seconds > 0 ? written / seconds : 0
  }
}

type Node = ShardReport["nodes"][number]

/** Sums by address. Evictions are the server's, and every run at the same time has seen the same ones. */
const mergedNodes = (shards: ReadonlyArray<ShardReport>): ReadonlyArray<Node> => {
  const nodes = new Map<string, Node>()
  for (const node of shards.flatMap((report) => report.nodes)) {
    const known = nodes.get(node.address)
    nodes.set(
      node.address,
      known === undefined
        ? node
        : {
            address: node.address,
            keys: known.keys + node.keys,
            bytes: known.bytes + node.bytes,
            slots: Math.max(known.slots, node.slots),
            expected: known.expected + node.expected,
            evicted: Math.max(known.evicted, node.evicted)
          }
    )
  }
  return Array.from(nodes.values()).sort((a, b) => byAddress(a.address, b.address))
}

const mergedErrors = (shards: ReadonlyArray<ShardReport>): Readonly<Record<string, number>> => {
  const errors: Record<string, number> = {}
  for (const [kind, count] of shards.flatMap((report) => Object.entries(report.errors))) {
    errors[kind] = (errors[kind] ?? 0) + count
  }
  return errors
}

export const mergedText = (merged: MergedReport): string => {
  const { parts, shards } = merged
  const [{ keySize, seed, totalKeys, valueSize }] = shards
  const { acknowledged, keysPerSecond, seconds, written } = totals(merged)
  const errors = Object.entries(mergedErrors(shards))
  return [
    `${acknowledged === null ? "sent" : "acknowledged"} ${number(acknowledged ?? written)} of ${number(totalKeys)} keys ` +
      `of ${keySize} + ${valueSize} bytes, by ${shards.length} of ${parts} shards, in ${seconds.toFixed(2)} s: ` +
      `${number(Math.round(keysPerSecond))} keys/s, ${megabytesPerSecond(keysPerSecond, keySize + valueSize)}`,
    ...mergedNodes(shards).map(
      ({ address, bytes, keys }) => `  ${address}  ${number(keys)} keys  ${formatSize(bytes)}`
    ),
    ...errors.map(([kind, count]) => `  error ${kind}: ${number(count)}`),
    `seed ${seed}`
  ].join("\n")
}

/** What is wrong with the whole; `undefined` when nothing is. */
export const problemOfMerged = ({
  doubled,
  incomplete,
  missing,
  parts,
  shards
}: MergedReport): string | undefined => {
  const named = (numbers: ReadonlyArray<number>): string =>
    numbers.map((part) => formatShard({ part, parts })).join(", ")
  const problems = [
    ...(missing.length === 0 ? [] : [`without a report: ${named(missing)}`]),
    ...(incomplete.length === 0 ? [] : [`not written as a whole: ${named(incomplete)}`]),
    ...(doubled.length === 0 ? [] : [`reported more than once: ${named(doubled)}`])
  ]
  if (problems.length === 0) return undefined
  const advice =
    missing.length + incomplete.length === 0
      ? "give each report once"
      : `run fill for these with --seed ${shards[0].seed} and --shard, and merge again`
  return `${parts} shards, ${problems.join("; ")}; ${advice}`
}
