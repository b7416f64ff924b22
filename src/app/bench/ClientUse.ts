/** What the client itself used and how late it was, and what that says about the run. */
import { availableParallelism } from "node:os"
import type { BenchSettings } from "./BenchSettings.ts"
import type { ClientPart } from "./ClientGauge.ts"
import type { LatencyHistogram } from "./LatencyHistogram.ts"

export interface ClientUse {
  readonly workers: number
  /** Of the busiest worker's time, 0 to 1. */
  readonly busy: number
  /** Processors that the program used, all threads together; `undefined` before counting began. */
  readonly processors: number | undefined
  /** Milliseconds; of the worker that was latest. */
  readonly delay: ClientPart["delay"]
  /** Milliseconds that commands of the timetable were sent late through the client's own fault. */
  readonly lateness: { readonly p99: number; readonly max: number }
  /** What the run measured was the client, and this is why and what to do; `undefined` otherwise. */
  readonly bottleneck: string | undefined
}

/** A thread that has so little time to spare is what others wait for. */
const SATURATED = 0.9
/** Milliseconds: later than a timer is at worst. */
const LATE = 2
/** A thread that is busy and gets less of a processor than this has to share it. */
const SHARED = 0.7

export const clientUse = (
  { rate, workers }: BenchSettings,
  parts: ReadonlyArray<ClientPart>,
  lateness: LatencyHistogram,
  processors: number | undefined
): ClientUse => {
  const most = (of: (part: ClientPart) => number): number => Math.max(0, ...parts.map(of))
  const use = {
    workers,
    busy: most(({ busy }) => busy),
    processors,
    delay: {
      p50: most(({ delay }) => delay.p50),
      p99: most(({ delay }) => delay.p99),
      max: most(({ delay }) => delay.max)
    },
    lateness: { p99: lateness.percentile(99), max: lateness.max }
  }
  return { ...use, bottleneck: bottleneckOf(use, rate !== undefined) }
}

const bottleneckOf = (use: Omit<ClientUse, "bottleneck">, isOpen: boolean): string | undefined => {
  const isSaturated = use.busy >= SATURATED
  const isLate = isOpen && use.lateness.p99 > LATE
  if (!isSaturated && !isLate) return undefined
  const percent = Math.round(use.busy * 100)
  const why = isSaturated
    ? `its busiest thread had work ${percent} % of the time`
    : `it sent 1 % of the commands ${use.lateness.p99.toFixed(1)} ms late or later`
  return `the client was the bottleneck: ${why}, so these numbers are the client's and the servers may do better; ${advice(use)}`
}

const advice = ({ busy, processors, workers }: Omit<ClientUse, "bottleneck">): string => {
  const available = availableParallelism()
  // Late without being busy, or busy without running: others had the processor.
  const isShared = busy < SATURATED || (processors !== undefined && processors < workers * busy * SHARED)
  if (isShared) return "it had to share its processor with others: run it on a machine of its own"
  return workers < available
    ? `use --workers ${Math.min(available, workers * 2)} (this machine has ${available} processors)`
    : `its ${workers} workers have no processor more (this machine has ${available}): run it on a larger machine, or on several`
}
