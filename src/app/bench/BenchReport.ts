/** What is known of a run, and what it comes to. */
import type { JsonDocument } from "../CommandRun.ts"
import { byAddress } from "../KeyProgress.ts"
import type { BenchSettings } from "./BenchSettings.ts"
import { type ClientUse, clientUse } from "./ClientUse.ts"
import type { NodeAccount, RunAccount } from "./RunAccount.ts"

export interface BenchReport {
  readonly settings: BenchSettings
  readonly account: RunAccount
  /** One for each `--interval`, if they were asked for: as they stand in the document, since an account is large. */
  readonly intervals: ReadonlyArray<JsonDocument>
  /** Processors that each server used, by address, as far as it says so. */
  readonly serverProcessors: ReadonlyMap<string, number>
  readonly clientProcessors: number | undefined
}

/** `rate` was not held when less than this part of it was sent. */
const HELD = 0.99

export const clientOf = ({ account, clientProcessors, settings }: BenchReport): ClientUse =>
  clientUse(
    settings,
    account.parts.map(({ client }) => client),
    account.lateness,
    clientProcessors
  )

/** Commands sent per second, those that failed among them. */
export const sentPerSecond = ({ account: { total } }: BenchReport): number =>
  total.seconds > 0 ? (total.count + total.errorCount) / total.seconds : 0

export const isRateHeld = (report: BenchReport): boolean =>
  report.settings.rate === undefined || sentPerSecond(report) >= report.settings.rate * HELD

/** Those that served commands or failed them, in the order of their addresses. */
export const nodesOf = ({ account: { total } }: BenchReport): ReadonlyArray<NodeAccount> =>
  Array.from(total.nodes.values())
    .filter(({ errors, operations }) => operations + errors > 0)
    .sort((a, b) => byAddress(a.address, b.address))

/** A server executes commands on one thread. */
const SATURATED_SERVER = 0.95

/** Servers that had no time to spare. */
export const saturatedServers = ({ serverProcessors }: BenchReport): ReadonlyArray<string> =>
  Array.from(serverProcessors)
    .filter(([, used]) => used >= SATURATED_SERVER)
    .map(([node]) => node)
