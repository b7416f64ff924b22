/** What is said of a fill when it ends, well or not: as text for a person, and as the document of `--json`. */
import type { ClusterTopology } from "../../protocol/ClusterTopology.ts"
import type { JsonDocument } from "../CommandRun.ts"
import { keyProgress, megabytesPerSecond, number, perSecond, roundedSeconds } from "../KeyProgress.ts"
import type { ProgressText } from "../Progress.ts"
import { formatSize } from "../Size.ts"
import { formatShard } from "../ShardOption.ts"
import { bytesPerKey, keysOf } from "../transfer/TransferSettings.ts"
import type { FillSettings } from "./FillSettings.ts"
import type { FillTally } from "./FillTally.ts"
import { nodeShares, spreadText } from "./NodeShares.ts"
import type { ReadTally } from "../transfer/ReadTally.ts"

export interface FillReport {
  readonly settings: FillSettings
  readonly tally: FillTally
  /** As last known: keys are told by the owners that their slots have in it. */
  readonly topology: ClusterTopology
  /** Keys that each master has evicted meanwhile, where it says so. */
  readonly evicted: ReadonlyMap<string, number>
  /** `undefined` without `--verify`. */
  readonly verify: VerifyReport | undefined
}

export interface VerifyReport {
  readonly tally: ReadTally
  readonly seconds: number
}

export const fillDocument = (report: FillReport): JsonDocument => {
  const { settings, tally, verify } = report
  const seconds = tally.seconds
  const rate = perSecond(written(report) - tally.resumed, seconds)
  return {
    seed: settings.seed,
    keySize: settings.keySize,
    valueSize: settings.valueSize,
    shard: formatShard(settings.shard),
    totalKeys: settings.totalKeys,
    keys: keysOf(settings),
    bytes: keysOf(settings) * bytesPerKey(settings),
    acknowledged: settings.replies === "on" ? tally.keys : null,
    seconds: roundedSeconds(seconds),
    keysPerSecond: Math.round(rate),
    bytesPerSecond: Math.round(rate * bytesPerKey(settings)),
    nodes: nodeShares(report).map((share) => ({ ...share, evicted: report.evicted.get(share.address) ?? 0 })),
    moved: tally.moved,
    asked: tally.asked,
    resent: tally.resent,
    ...(settings.checkpoint === undefined ? {} : { resumed: tally.resumed }),
    errors: Object.fromEntries(Array.from(tally.errors, ([kind, { count }]) => [kind, count])),
    ...(verify === undefined
      ? {}
      : {
          verify: {
            keys: verify.tally.keys,
            present: verify.tally.present,
            missing: verify.tally.missing,
            different: verify.tally.different,
            seconds: roundedSeconds(verify.seconds)
          }
        })
  }
}

export const fillText = (report: FillReport): string => {
  const { settings, tally, verify } = report
  const { keySize, replies, seed, valueSize } = settings
  const total = keysOf(settings)
  const rate = perSecond(written(report) - tally.resumed, tally.seconds)
  const verb = replies === "on" ? "acknowledged" : "sent"
  const lines = [
    `${verb} ${number(written(report))} of ${number(total)} keys${shardText(settings)} of ${keySize} + ${valueSize} bytes, ` +
      `${formatSize(written(report) * bytesPerKey(settings))} of payload, ` +
      `in ${tally.seconds.toFixed(2)} s: ${number(Math.round(rate))} keys/s, ${megabytesPerSecond(rate, bytesPerKey(settings))}`,
    ...spreadText(nodeShares(report), written(report)),
    `moved ${number(tally.moved)}, asked ${number(tally.asked)}, sent again ${number(tally.resent)}` +
      `${tally.errors.size === 0 ? ", no errors" : ""}`,
    ...(tally.resumed === 0
      ? []
      : [`${number(tally.resumed)} of the keys were acknowledged by an earlier run`]),
    ...Array.from(report.evicted)
      .filter(([, keys]) => keys > 0)
      .map(([node, keys]) => `  ${node} evicted ${number(keys)} keys meanwhile`),
    ...Array.from(
      tally.errors,
      ([kind, { count, example }]) => `  error ${kind}: ${number(count)}, the first: ${example}`
    )
  ]
  if (verify !== undefined) {
    const { different, keys, missing, present } = verify.tally
    lines.push(
      `read ${number(keys)} keys back in ${verify.seconds.toFixed(2)} s: ${number(present)} present, ` +
        `${number(missing)} missing, ${number(different)} different`
    )
  }
  return [...lines, `seed ${seed}`].join("\n")
}

export const writeProgress = (settings: FillSettings, tally: FillTally): ProgressText =>
  keyProgress({
    verb: "written",
    totalKeys: keysOf(settings),
    bytesPerKey: bytesPerKey(settings),
    state: () => ({
      keys: tally.keys,
      earlierKeys: tally.resumed,
      keysOfNode: tally.keysOfNode,
      remarks: [
        ...(settings.isCluster ? [`moved ${number(tally.moved)}`, `asked ${number(tally.asked)}`] : []),
        `sent again ${number(tally.resent)}`
      ],
      problems: Array.from(tally.errors, ([kind, { count }]) => `${kind} ${number(count)}`)
    })
  })

/** Keys that count as written: without replies, some may have been sent twice. */
const written = ({ settings, tally }: FillReport): number => Math.min(tally.keys, keysOf(settings))

const shardText = ({ shard }: FillSettings): string =>
  shard.parts === 1 ? "" : ` (shard ${formatShard(shard)})`
