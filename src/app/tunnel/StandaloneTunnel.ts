/** A plain port to one server. */
import * as Effect from "effect/Effect"
import { formatAddress } from "../../protocol/ClusterTopology.ts"
import type { KnownServer } from "../ConnectLayer.ts"
import type { ServeClient } from "./Listener.ts"
import { serveRaw } from "./RawService.ts"
import type { TrafficMeter } from "./traffic/TrafficMeter.ts"
import { watchTraffic } from "./traffic/TrafficWatch.ts"
import type { TunnelSettings } from "./TunnelSettings.ts"

export const serveStandalone = (
  { options, seed }: KnownServer,
  { password }: TunnelSettings,
  meter: TrafficMeter | undefined
): ServeClient =>
  serveRaw({
    server: Effect.succeed({ ...options, ...seed }),
    password,
    traffic: () => meter?.node(formatAddress(seed.host, seed.port)),
    // Nothing is looked at when nothing is counted.
    watch: (_, traffic) =>
      traffic === undefined ? undefined : (handle) => watchTraffic(undefined, traffic, handle)
  })
