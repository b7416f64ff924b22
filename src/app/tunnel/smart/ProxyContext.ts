/** What all clients of a proxy share. */
import type { RespValue } from "../../../protocol/Resp.ts"
import type { TurnFlush } from "../../../connection/TurnFlush.ts"
import type { ClientPause } from "./client/ClientPause.ts"
import type { ProxyAccess } from "./ProxyAccess.ts"
import type { ProxyCounters } from "./ProxyCounters.ts"
import type { OnProxyEvent } from "./ProxyEvent.ts"
import type { ProxyLimits } from "./ProxyLimits.ts"
import type { UnderWay } from "./client/UnderWay.ts"
import type { MonitorFeed } from "./stream/MonitorFeed.ts"
import type { CommandIndex } from "./request/CommandIndex.ts"
import type { RequestRecovery } from "./upstream/RoutedRequest.ts"
import type { SlowLog } from "./slowlog/SlowLog.ts"
import type { OwnCommands } from "./stats/OwnCommands.ts"
import type { UpstreamSets } from "./upstream/UpstreamSets.ts"

/** What the servers are, as they say: `redis` or `valkey`, and `7.0.15`. */
export interface ServerKind {
  readonly name: string
  readonly version: string
  /** As MODULE LIST tells them. */
  readonly modules: RespValue
}

export interface ProxyContext {
  readonly turn: TurnFlush
  readonly index: CommandIndex
  readonly sets: UpstreamSets
  readonly recovery: RequestRecovery
  readonly counters: ProxyCounters
  readonly limits: ProxyLimits
  readonly access: ProxyAccess
  readonly onEvent: OnProxyEvent
  readonly pause: ClientPause
  readonly ownCommands: OwnCommands
  readonly slowLog: SlowLog
  readonly monitors: MonitorFeed
  readonly subscribing: UnderWay
  readonly server: ServerKind
}
