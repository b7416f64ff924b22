import { describe, expect, it } from "@effect/vitest"
import { statLine, statSample } from "../../../../src/app/repl/gauge/Stat.ts"

const info = (role: string, commands: number, hits = 0): string =>
  [
    "# Server",
    `role:${role}`,
    "used_memory:1000",
    "connected_clients:3",
    "blocked_clients:1",
    `total_commands_processed:${commands}`,
    "total_net_input_bytes:0",
    "total_net_output_bytes:0",
    `keyspace_hits:${hits}`,
    "keyspace_misses:0",
    "db0:keys=5,expires=0,avg_ttl=0",
    "db3:keys=2,expires=0,avg_ttl=0"
  ].join("\r\n")

describe("stat", () => {
  it("adds up the nodes, and the keys of the masters alone", () => {
    const now = [statSample("a:1", 0, info("master", 10)), statSample("b:1", 0, info("slave", 10))]
    expect(statLine([], now, 3)).toMatchObject({
      nodes: [2, 3],
      keys: 7,
      memoryBytes: 2000,
      clients: 6,
      blocked: 2,
      commandsPerSecond: null,
      hitRate: null
    })
  })

  it("rates are of what was counted between two looks at the same process", () => {
    const before = [
      statSample("a:1", 1000, info("master", 100)),
      statSample("b:1", 1000, info("master", 900))
    ]
    const now = [statSample("a:1", 3000, info("master", 300, 4)), statSample("b:1", 3000, info("master", 5))]
    expect(statLine(before, now, 2)).toMatchObject({ commandsPerSecond: 100, hitRate: 1 })
  })
})
