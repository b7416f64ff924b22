/** A local port for each node of a cluster, for clients that know clusters and are to find their nodes at these ports. */
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import * as ClusterConfig from "../../../client/ClusterConfig.ts"
import { formatAddress } from "../../../protocol/ClusterTopology.ts"
import type { CommandFailure } from "../../CommandFailure.ts"
import type { Connected } from "../../ConnectLayer.ts"
import type { ClientCensus } from "../ClientCensus.ts"
import { LOOPBACK } from "../ListenAddress.ts"
import { listen, type ServeClient, type TunnelClient } from "../Listener.ts"
import { serveRaw } from "../RawService.ts"
import type { TunnelSettings } from "../TunnelSettings.ts"
import type { Place } from "./ClusterReply.ts"
import * as NodeDoors from "./NodeDoors.ts"
import type { MemberNode } from "./NodeList.ts"
import type { Viewpoint } from "../traffic/ReplyRewriter.ts"
import type { TrafficMeter } from "../traffic/TrafficMeter.ts"
import { watchTraffic } from "../traffic/TrafficWatch.ts"

export const make = (
  { client, options }: Connected,
  settings: TunnelSettings,
  census: ClientCensus,
  meter: TrafficMeter | undefined
): Effect.Effect<NodeDoors.NodeDoors, CommandFailure, Scope.Scope> =>
  Effect.gen(function* () {
    const config = ClusterConfig.make(options)
    const run = yield* FiberSet.makeRuntime<never>()
    const viewpoint = (near: TunnelClient, node: MemberNode): Viewpoint => {
      const host = localHost(near)
      // What a node does not say of itself and its like is what it was connected to by.
      const named = (other: Place): Place => (isNameless(other) ? { ...other, host: node.host } : other)
      return {
        isServerTls: options.tls !== undefined,
        isClientTls: settings.tls !== undefined,
        replace: (other) => {
          const port = doors.find(named(other))
          return port === undefined ? undefined : { host, port }
        },
        learn: (nodes, done) => run(Effect.ensuring(doors.learn(nodes.map(named)), Effect.sync(done)))
      }
    }
    const serve = (node: () => MemberNode): ServeClient =>
      serveRaw({
        server: Effect.suspend(() => ClusterConfig.connectionOptions(config, node(), node().hostname)),
        password: settings.password,
        traffic: () => meter?.node(addressOf(node())),
        watch: (near, traffic) => (handle) => watchTraffic(viewpoint(near, node()), traffic, handle)
      })
    const doors: NodeDoors.NodeDoors = yield* NodeDoors.make({
      client,
      host: settings.listen?.host ?? LOOPBACK,
      firstPort: settings.listen?.port,
      open: (where, node) => listen({ ...settings, listen: where, census, serve: serve(node) })
    })
    return doors
  })

const addressOf = ({ host, port }: Place): string => formatAddress(host, port)

const isNameless = ({ host }: Place): boolean => host === "" || host === "?"

/** The address at which the client has found us is where it finds the other ports. */
const localHost = ({ socket }: TunnelClient): string =>
  (socket.localAddress ?? LOOPBACK).replace(/^::ffff:/, "")
