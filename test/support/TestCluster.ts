/**
 * Real servers for tests, and what tests do to them: kill, pause, move slots.
 *
 * What goes wrong here is a defect of the test, so these effects have no
 * typed errors, apart from `command`, which tests may aim at a dead server.
 *
 * @example
 * layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })("with three masters", (it) => {
 *   it.effect("...", () => Effect.gen(function* () {
 *     const cluster = yield* TestCluster
 *     const slot = calculateSlot("key")
 *     const move = yield* cluster.beginMove(slot, cluster.masterOf(slot), cluster.masters[2])
 *   }))
 * })
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as TestServices from "effect/TestServices"
import * as Sandbox from "../../src/app/sandbox/Sandbox.ts"
import * as Connection from "../../src/connection/Connection.ts"
import type { ConnectionError } from "../../src/connection/ConnectionError.ts"
import { parseClusterSlots } from "../../src/protocol/ClusterTopology.ts"
import { type CommandArgument, isError, type RespValue } from "../../src/protocol/Resp.ts"
import { beginSlotMove, type Movers, moveSlots, type SlotMove } from "./SlotMove.ts"

type Options = Partial<Sandbox.SandboxOptions>

/** Long enough for a busy machine, short enough to wait for a failover. */
const TEST_DEFAULTS: Options = { port: 0, nodeTimeoutMs: 2000 }

export const STANDALONE: Options = { mode: "standalone" }
export const THREE_MASTERS: Options = { masters: 3 }
/** One replica for each master. */
export const THREE_MASTERS_WITH_REPLICAS: Options = { masters: 3, replicas: 1 }
export const TEST_PASSWORD = 'open "sesame" \\ ü'
export const TLS_AND_PASSWORD: Options = { tls: true, password: Redacted.make(TEST_PASSWORD) }
export const STANDALONE_WITH_TLS_AND_PASSWORD: Options = { ...STANDALONE, ...TLS_AND_PASSWORD }

export interface TestServers extends Sandbox.Sandbox {
  /** As formed: a failover does not change who is in here. */
  readonly masters: ReadonlyArray<Sandbox.SandboxNode>
  /** As formed. */
  readonly replicas: ReadonlyArray<Sandbox.SandboxNode>
  /** The master that was given the slot when the cluster was formed. */
  readonly masterOf: (slot: number) => Sandbox.SandboxNode
  /** One command on a connection of its own; an error reply is a value. */
  readonly command: (
    node: Sandbox.SandboxNode,
    ...command: readonly [string, ...Array<CommandArgument>]
  ) => Effect.Effect<RespValue, ConnectionError>
  /** By DBSIZE, in the order of the masters. */
  readonly keysPerMaster: Effect.Effect<ReadonlyArray<number>>
  /** FLUSHALL at every master. */
  readonly flush: Effect.Effect<void>
  /** SIGKILL unless told otherwise; waits until the process has ended, and for another signal does not. */
  readonly kill: (node: Sandbox.SandboxNode, signal?: NodeJS.Signals) => Effect.Effect<void>
  /** SIGSTOP: the connections stay, and nothing is answered. */
  readonly pause: (node: Sandbox.SandboxNode) => Effect.Effect<void>
  /** SIGCONT. */
  readonly resume: (node: Sandbox.SandboxNode) => Effect.Effect<void>
  /** The same node again, with its files and its port; its data are lost. */
  readonly restart: (node: Sandbox.SandboxNode) => Effect.Effect<void>
  /** Marks the slot as MIGRATING and IMPORTING; from here on ASK is answered for keys that are gone. */
  readonly beginMove: (
    slot: number,
    from: Sandbox.SandboxNode,
    to: Sandbox.SandboxNode
  ) => Effect.Effect<SlotMove>
  /** Moves a slot with all of its keys. */
  readonly moveSlot: (slot: number, from: Sandbox.SandboxNode, to: Sandbox.SandboxNode) => Effect.Effect<void>
  /** Moves so many slots, the first that `from` has at present; gives back which. */
  readonly reshard: (
    count: number,
    from: Sandbox.SandboxNode,
    to: Sandbox.SandboxNode
  ) => Effect.Effect<ReadonlyArray<number>>
}

export class TestCluster extends Context.Tag("test/TestCluster")<TestCluster, TestServers>() {
  /** One set of servers for all the tests of a layer. */
  static readonly layer = (options: Options): Layer.Layer<TestCluster> =>
    Layer.scoped(TestCluster, startTestServers(options))
}

/** Servers of one test's own. */
export const startTestServers = (options: Options): Effect.Effect<TestServers, never, Scope.Scope> => {
  const start = Effect.gen(function* () {
    const scope = yield* Effect.acquireRelease(Scope.make(), (scope, exit) =>
      TestServices.provideLive(Scope.close(scope, exit))
    )
    const sandbox = yield* Scope.extend(Sandbox.make({ ...TEST_DEFAULTS, ...options }), scope)
    return testServers(sandbox)
  })
  // Servers start and stop by the real clock, also in a test that sets its own.
  return Effect.orDie(TestServices.provideLive(start))
}

const testServers = (sandbox: Sandbox.Sandbox): TestServers => {
  const masters = sandbox.nodes.filter(({ role }) => role === "master")
  const movers = (from: Sandbox.SandboxNode, to: Sandbox.SandboxNode): Movers => ({
    from,
    to,
    masters,
    password: sandbox.password
  })
  const onEveryMaster = (...command: readonly [string, ...Array<CommandArgument>]) =>
    Effect.forEach(masters, (node) => answerOf(node, ...command), { concurrency: "unbounded" })
  return {
    ...sandbox,
    masters,
    replicas: sandbox.nodes.filter(({ role }) => role === "replica"),
    masterOf: (slot) => {
      const owner = masters.find(({ slots }) => slots.some(([first, last]) => first <= slot && slot <= last))
      if (owner === undefined) throw new RangeError(`no master has slot ${slot}`)
      return owner
    },
    command,
    keysPerMaster: Effect.map(onEveryMaster("DBSIZE"), (counts) => counts.map(({ value }) => Number(value))),
    flush: Effect.asVoid(onEveryMaster("FLUSHALL")),
    kill: ({ server }, signal = "SIGKILL") => server.signal(signal),
    pause: ({ server }) => server.signal("SIGSTOP"),
    resume: ({ server }) => server.signal("SIGCONT"),
    restart: ({ server }) => Effect.orDie(TestServices.provideLive(server.restart)),
    beginMove: (slot, from, to) => beginSlotMove(movers(from, to), slot),
    moveSlot: (slot, from, to) => moveSlots(movers(from, to), [slot]),
    reshard: (count, from, to) =>
      Effect.gen(function* () {
        const slots = (yield* slotsOf(from)).slice(0, count)
        yield* moveSlots(movers(from, to), slots)
        return slots
      })
  }
}

/** The slots that the node serves at present. */
const slotsOf = (node: Sandbox.SandboxNode): Effect.Effect<ReadonlyArray<number>> =>
  Effect.map(answerOf(node, "CLUSTER", "SLOTS"), (reply) => {
    const topology = parseClusterSlots(reply, node.server)
    if ("_tag" in topology) throw new Error(topology.reason)
    const owner = topology.nodes.findIndex(({ id }) => id === node.id)
    return Array.from(topology.slots.keys()).filter((slot) => topology.slots[slot] === owner)
  })

const command: TestServers["command"] = ({ server }, ...words) =>
  Effect.scoped(
    Effect.flatMap(Connection.connect(server.connectionOptions), (connection) => connection.execute(...words))
  )

/** The reply to a command that has to succeed. */
export const answerOf = (
  node: Sandbox.SandboxNode,
  ...words: readonly [string, ...Array<CommandArgument>]
): Effect.Effect<RespValue> =>
  Effect.flatMap(Effect.orDie(command(node, ...words)), (reply) =>
    isError(reply)
      ? Effect.dieMessage(`${node.address} answered ${words[0]} with ${reply.value}`)
      : Effect.succeed(reply)
  )
