/** What is said of servers that the client of a cluster can do nothing with. */
import * as Effect from "effect/Effect"
import type { TopologyError } from "../client/ClusterError.ts"
import type { RedisCommands } from "../client/RedisCommands.ts"
import { uncoveredSlots } from "../protocol/ClusterTopology.ts"
import { SLOT_COUNT } from "../protocol/HashSlot.ts"
import { CommandFailure } from "./CommandFailure.ts"

export const notACluster = (node: string): CommandFailure =>
  new CommandFailure({
    tag: "TopologyError",
    node,
    message: `${node}: this server is not part of a cluster; leave --cluster (-c) out, or unset REDIS_CLIENT_CLUSTER`
  })

export const unusableTopology = ({ _tag, node, reason }: TopologyError): CommandFailure =>
  new CommandFailure({
    tag: _tag,
    node,
    message: `${node}: the cluster does not say who serves which slot (${reason}); CLUSTER INFO shows its state`
  })

export const refuseUncovered = (client: RedisCommands, node: string): Effect.Effect<void, CommandFailure> =>
  Effect.flatMap(client.topology, (topology) => {
    const uncovered = uncoveredSlots(topology)
    return uncovered === 0
      ? Effect.void
      : Effect.fail(
          new CommandFailure({
            tag: "TopologyError",
            node,
            message:
              `${node}: ${uncovered} of the cluster's ${SLOT_COUNT} slots have no owner; ` +
              "bring their master back or assign them (redis-cli --cluster fix), then try again"
          })
        )
  })
