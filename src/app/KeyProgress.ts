/** Progress of work on keys, written or read: a view of several lines on a terminal, a line now and then elsewhere. */
import { formatDuration } from "./DurationText.ts"
import { progressBar, type ProgressText } from "./Progress.ts"
import { RateMeter } from "./RateMeter.ts"
import { MEBIBYTE } from "./Size.ts"
import { coloured } from "./TerminalText.ts"

export interface KeyProgressOptions {
  /** What has become of the keys: `written`. */
  readonly verb: string
  readonly totalKeys: number
  readonly bytesPerKey: number
  /** Looked at whenever progress is drawn. */
  readonly state: () => KeyProgressState
}

export interface KeyProgressState {
  readonly keys: number
  /** Of these, those that were done before this run: rates are without them. */
  readonly earlierKeys?: number
  /** By node, `host:port`. */
  readonly keysOfNode: ReadonlyMap<string, number>
  /** What else there is to say, such as `moved 12`. */
  readonly remarks: ReadonlyArray<string>
  /** What is wrong, such as `OOM 3`. */
  readonly problems: ReadonlyArray<string>
}

const BAR_WIDTH = 30
/** Of a cluster with more masters only the first are shown: their lines are to fit a terminal of 24 rows. */
const MAX_NODES = 16

export const keyProgress = ({ bytesPerKey, state, totalKeys, verb }: KeyProgressOptions): ProgressText => {
  const meter = new RateMeter()
  const meterOfNode = new Map<string, RateMeter>()
  meter.update(ownKeys(state()))

  const rates = (keysPerSecond: number): string =>
    `${number(Math.round(keysPerSecond))} keys/s, ${megabytesPerSecond(keysPerSecond, bytesPerKey)}`

  const count = (keys: number): string =>
    `${number(Math.min(keys, totalKeys))} of ${number(totalKeys)} keys ${verb}`

  const left = (keys: number, keysPerSecond: number): string =>
    keysPerSecond > 0
      ? `, ${formatDuration(Math.ceil(Math.max(0, totalKeys - keys) / keysPerSecond) * 1000)} left`
      : ""

  const nodeLine = (node: string, keys: number): string => {
    let own = meterOfNode.get(node)
    if (own === undefined) meterOfNode.set(node, (own = new RateMeter()))
    return `  ${node}  ${rates(own.update(keys))}`
  }

  const plain = (): string => {
    const current = state()
    const { keys, problems } = current
    const rate = meter.update(ownKeys(current))
    const wrong = problems.length === 0 ? "" : `, errors: ${problems.join(", ")}`
    return `${count(keys)}, ${rates(rate)}${left(keys, rate)}${wrong}`
  }

  const terminal = (): string => {
    const current = state()
    const { keys, keysOfNode, problems, remarks } = current
    const rate = meter.update(ownKeys(current))
    const fraction = totalKeys === 0 ? 1 : Math.min(1, keys / totalKeys)
    const wrong = problems.length === 0 ? "no errors" : coloured(`errors: ${problems.join(", ")}`, "red")
    const nodes = Array.from(keysOfNode).sort(([a], [b]) => byAddress(a, b))
    const hidden = nodes.length - MAX_NODES
    return [
      `${coloured(progressBar(fraction, BAR_WIDTH), "green")} ${Math.floor(fraction * 100)} %${left(keys, rate)}`,
      count(keys),
      [rates(rate), ...remarks, wrong].join(", "),
      ...nodes.slice(0, MAX_NODES).map(([node, own]) => nodeLine(node, own)),
      ...(hidden > 0 ? [`  and ${hidden} more`] : [])
    ].join("\n")
  }

  return { plain, terminal }
}

const ownKeys = ({ earlierKeys = 0, keys }: KeyProgressState): number => keys - earlierKeys

/**
 * A whole number. Not by `toLocaleString`, whose first call takes 10 ms (Node 20): a fill would begin so much later.
 *
 * @example number(1234567) // "1,234,567"
 */
export const number = (value: number): string => String(value).replace(BEFORE_THOUSANDS, ",")

const BEFORE_THOUSANDS = /\B(?=(?:\d{3})+$)/g

export const perSecond = (keys: number, seconds: number): number => (seconds > 0 ? keys / seconds : 0)

/** Milliseconds are exact enough. */
export const roundedSeconds = (seconds: number): number => Math.round(seconds * 1000) / 1000

export const megabytesPerSecond = (keysPerSecond: number, bytesPerKey: number): string =>
  `${((keysPerSecond * bytesPerKey) / MEBIBYTE).toFixed(1)} MB/s`

/** Ports by number: `host:900` before `host:7000`. */
export const byAddress = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true })
