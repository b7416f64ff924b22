/** Processors used between two moments, by this program and by the servers: who had no time to spare. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import { text } from "../../protocol/Resp.ts"

export interface ProcessorUse {
  readonly client: number
  /** By address; a server that does not tell is not there. */
  readonly servers: ReadonlyMap<string, number>
}

interface Moment {
  /** Milliseconds. */
  readonly at: number
  /** Seconds of processor time. */
  readonly client: number
  readonly servers: ReadonlyMap<string, number>
}

const MICROSECONDS = 1e6

/** Now, and from now until the effect inside is run. */
export const measure = (client: RedisCommands): Effect.Effect<Effect.Effect<ProcessorUse>> =>
  Effect.map(lookAt(client), (before) => Effect.map(lookAt(client), (after) => between(before, after)))

const lookAt = (client: RedisCommands): Effect.Effect<Moment> =>
  Effect.map(client.executeOnEach("masters", "INFO", "cpu"), (replies) => {
    const { system, user } = process.cpuUsage()
    const servers = new Map<string, number>()
    for (const { node, reply } of replies) {
      const used = Either.isRight(reply) ? processorSeconds(text(reply.right) ?? "") : undefined
      if (used !== undefined) servers.set(node, used)
    }
    return { at: performance.now(), client: (system + user) / MICROSECONDS, servers }
  })

const between = (before: Moment, after: Moment): ProcessorUse => {
  const seconds = (after.at - before.at) / 1000
  const servers = new Map<string, number>()
  for (const [node, used] of after.servers) {
    const earlier = before.servers.get(node)
    // Less than before: the server was started anew meanwhile.
    if (earlier !== undefined && used >= earlier) servers.set(node, (used - earlier) / seconds)
  }
  return { client: (after.client - before.client) / seconds, servers }
}

/** Of the thread that executes commands, where the server tells it apart (Redis 6.2 does). */
const processorSeconds = (info: string): number | undefined => {
  const field = (name: string): number | undefined => {
    const found = new RegExp(`^${name}:([0-9.]+)`, "m").exec(info)
    return found === null ? undefined : Number(found[1])
  }
  const system = field("used_cpu_sys_main_thread") ?? field("used_cpu_sys")
  const user = field("used_cpu_user_main_thread") ?? field("used_cpu_user")
  return system === undefined || user === undefined ? undefined : system + user
}
