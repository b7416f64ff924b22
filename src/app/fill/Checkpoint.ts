/**
 * The document of `--resume`: which fill it belongs to, and which of its keys are
 * acknowledged. It names indexes, never nodes or streams, so that a run can go on
 * with any of them. Pure.
 */
import { createHash } from "node:crypto"
import { IndexRuns, type LaneRuns } from "../../dataset/IndexRuns.ts"
import { SLOT_COUNT } from "../../protocol/HashSlot.ts"
import { formatShard } from "../ShardOption.ts"
import type { FillSettings } from "./FillSettings.ts"

const FORMAT = "redis-client fill checkpoint"
const VERSION = 1

/** What a fill has to have in common with the one that wrote the document, in the order in which it is compared. */
interface Identity {
  readonly seed: number
  readonly keySize: number
  readonly valueSize: number
  /** Keys of the whole data set. */
  readonly keys: number
  readonly shard: string
  /** Indexes of this run, or of this worker process. */
  readonly from: number
  readonly to: number
  readonly cluster: boolean
  /** Milliseconds; null without. */
  readonly ttl: number | null
}

const OPTION_OF: Readonly<Record<keyof Identity, string>> = {
  seed: "--seed",
  keySize: "--key-size",
  valueSize: "--value-size",
  keys: "--data, in keys",
  shard: "--shard",
  from: "--processes, as the first key",
  to: "--processes, as the end of the keys",
  cluster: "--cluster",
  ttl: "--ttl, in milliseconds"
}

interface Document extends Identity {
  readonly format: string
  readonly version: number
  readonly acknowledged: number
  readonly runs: LaneRuns
  /** Of all the rest: a file that was cut off or edited is found out. */
  readonly digest: string
}

export interface Checkpoint {
  readonly identity: Identity
  /** The keys that are acknowledged. */
  readonly done: IndexRuns
}

const strideOf = (isCluster: boolean): number => (isCluster ? SLOT_COUNT : 1)

export const formatCheckpoint = (settings: FillSettings, done: IndexRuns): string => {
  const rest = {
    format: FORMAT,
    version: VERSION,
    ...identityOf(settings),
    acknowledged: done.size,
    runs: done.toLaneRuns()
  }
  return `${JSON.stringify({ ...rest, digest: digestOf(rest) })}\n`
}

/** The checkpoint, or what is wrong with the text. */
export const parseCheckpoint = (text: string): Checkpoint | { readonly problem: string } => {
  if (text.trim() === "") return { problem: "is empty" }
  const document = parseDocument(text)
  if (document === undefined) return { problem: "is cut short, or no checkpoint of a fill" }
  if (document.format !== FORMAT) return { problem: "is no checkpoint of a fill" }
  if (document.version !== VERSION)
    return { problem: `has format version ${document.version}, not ${VERSION}` }
  const { acknowledged, digest, format, runs, version, ...identity } = document
  const rest = { format, version, ...identity, acknowledged, runs }
  const done = IndexRuns.fromLaneRuns(strideOf(identity.cluster), identity, runs)
  return done === undefined || done.size !== acknowledged || digest !== digestOf(rest)
    ? { problem: "is damaged: its contents do not fit its digest" }
    : { identity, done }
}

/** The first thing that the fill does not have in common with the one that wrote the checkpoint. */
export const differenceFrom = ({ identity }: Checkpoint, settings: FillSettings): string | undefined => {
  const own = identityOf(settings)
  const differing = (Object.keys(own) as Array<keyof Identity>).find((name) => own[name] !== identity[name])
  return differing === undefined
    ? undefined
    : `belongs to another fill: ${OPTION_OF[differing]} is ${identity[differing] ?? "none"} there, ` +
        `and ${own[differing] ?? "none"} here`
}

const identityOf = (settings: FillSettings): Identity => ({
  seed: settings.seed,
  keySize: settings.keySize,
  valueSize: settings.valueSize,
  keys: settings.totalKeys,
  shard: formatShard(settings.shard),
  from: settings.range.from,
  to: settings.range.to,
  cluster: settings.isCluster,
  ttl: settings.command._tag === "WriteExpiring" ? settings.command.milliseconds : null
})

const parseDocument = (text: string): Document | undefined => {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === "object" && value !== null ? (value as Document) : undefined
  } catch {
    return undefined
  }
}

const digestOf = (rest: Omit<Document, "digest">): string =>
  createHash("sha256").update(JSON.stringify(rest)).digest("hex")
