import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ProxyEvent } from "../../../../src/app/tunnel/smart/ProxyEvent.ts"
import * as Upstreams from "../../../../src/app/tunnel/smart/upstream/Upstreams.ts"
import type { RedisCommands } from "../../../../src/client/RedisCommands.ts"
import { TurnFlush } from "../../../../src/connection/TurnFlush.ts"
import { moveSlots, singleNodeTopology } from "../../../../src/protocol/ClusterTopology.ts"

const one = singleNodeTopology("h", 1)
const two = moveSlots(one, [{ slot: 0, host: "h", port: 2 }])

it.scoped("a topology is told of when its nodes are others, and not each time that it is asked for", () =>
  Effect.gen(function* () {
    const events: Array<ProxyEvent> = []
    const changes = [{ ...one }, two, moveSlots(two, [{ slot: 1, host: "h", port: 2 }]), { ...one }]
    const client: Pick<RedisCommands, "topology" | "topologyChanges"> = {
      topology: Effect.succeed(one),
      topologyChanges: Stream.fromIterable(changes)
    }
    const sets = yield* Upstreams.make(client as RedisCommands, new TurnFlush(), (event) =>
      events.push(event)
    )
    yield* Effect.repeat(Effect.yieldNow(), {
      until: () => sets.topology === changes[3] || sets.topology === one
    })
    expect(events.map((event) => (event.kind === "TopologyChanged" ? event.masters : event.kind))).toEqual([
      2, 1
    ])
  })
)
