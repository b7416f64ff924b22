/** `--cluster-check`: whether every node is there, all of them agree, and every slot is served. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import { SLOT_COUNT } from "../../../protocol/HashSlot.ts"
import { text } from "../../../protocol/Resp.ts"
import type { JsonDocument } from "../../CommandRun.ts"
import type { NodeState } from "./NodeStates.ts"
import { type KnownNode, parseNodes } from "./NodesText.ts"
import { rangesOf, slotsText } from "./SlotText.ts"

export interface ClusterFinding {
  readonly severity: "error" | "warning"
  readonly message: string
}

/** What one node says of the cluster. */
export interface NodeView {
  readonly address: string
  readonly nodes: ReadonlyArray<KnownNode>
}

export interface CheckReport {
  readonly nodes: number
  readonly findings: ReadonlyArray<ClusterFinding>
}

/** Asks every node that answers who it believes to serve what. */
export const checkCluster = (
  client: RedisCommands,
  states: ReadonlyArray<NodeState>
): Effect.Effect<CheckReport> =>
  Effect.map(
    Effect.forEach(
      states.filter(({ facts }) => Either.isRight(facts)),
      ({ address }) =>
        client.executeOn(address, "CLUSTER", "NODES").pipe(
          Effect.map((reply): NodeView => ({ address, nodes: parseNodes(text(reply) ?? "") })),
          Effect.orElseSucceed((): NodeView => ({ address, nodes: [] }))
        ),
      { concurrency: "unbounded" }
    ),
    (views) => ({
      nodes: states.length,
      findings: [...findingsOfNodes(states), ...findingsOfViews(views)]
    })
  )

export const hasErrors = ({ findings }: CheckReport): boolean =>
  findings.some(({ severity }) => severity === "error")

/** What the nodes say of themselves. Pure. */
export const findingsOfNodes = (states: ReadonlyArray<NodeState>): ReadonlyArray<ClusterFinding> => [
  ...states.flatMap((state) => {
    if (Either.isLeft(state.facts)) return [error(`${state.address}: does not answer (${state.facts.left})`)]
    if (state.isFailed) return [error(`${state.address}: the others take it for failed`)]
    return state.role === "replica" && !state.facts.right.isLinked
      ? [error(`${state.address}: this replica has no link to its master`)]
      : []
  }),
  ...findingsOfReplicas(states),
  ...findingsOfSlots(states)
]

const findingsOfReplicas = (states: ReadonlyArray<NodeState>): ReadonlyArray<ClusterFinding> => {
  const replicas = states.filter(({ isFailed, role }) => role === "replica" && !isFailed)
  // A cluster that is made without replicas is meant to have none.
  if (!states.some(({ role }) => role === "replica")) return []
  return states
    .filter(({ id, role, slots }) => role === "master" && slots.length > 0 && !replicas.some(isReplicaOf(id)))
    .map(({ address }) => warning(`${address}: this master has no replica that works`))
}

const isReplicaOf =
  (id: string) =>
  ({ masterId }: NodeState): boolean =>
    masterId === id

const findingsOfSlots = (states: ReadonlyArray<NodeState>): ReadonlyArray<ClusterFinding> => {
  const served = new Uint8Array(SLOT_COUNT)
  for (const { isFailed, role, slots } of states) {
    if (role !== "master" || isFailed) continue
    for (const [first, last] of slots) served.fill(1, first, last + 1)
  }
  const missing = Array.from(served.keys()).filter((slot) => served[slot] === 0)
  return missing.length === 0
    ? []
    : [error(`${missing.length} of ${SLOT_COUNT} slots are not served: ${slotsText(rangesOf(missing))}`)]
}

/** What the nodes say of each other. Pure. */
export const findingsOfViews = (views: ReadonlyArray<NodeView>): ReadonlyArray<ClusterFinding> => [
  ...disagreements(views),
  ...views.flatMap(({ address, nodes }) => {
    const myself = nodes.find(({ isMyself }) => isMyself)
    return [
      ...openSlots(address, "gives away", myself?.migrating ?? []),
      ...openSlots(address, "takes over", myself?.importing ?? []),
      ...nodes
        .filter(({ flags }) => flags.has("fail?"))
        .map((node) => warning(`${address}: suspects ${node.address} of having failed`))
    ]
  }),
  ...sharedEpochs(views)
]

const openSlots = (
  address: string,
  what: string,
  slots: ReadonlyArray<number>
): ReadonlyArray<ClusterFinding> =>
  slots.length === 0
    ? []
    : [
        warning(
          `${address}: ${what} slots and is not done: ${slotsText(rangesOf(slots.toSorted(ascending)))}`
        )
      ]

const ascending = (a: number, b: number): number => a - b

/** Views that differ from that of the first node in who owns which slots. */
const disagreements = (views: ReadonlyArray<NodeView>): ReadonlyArray<ClusterFinding> => {
  const [first, ...others] = views.filter(({ nodes }) => nodes.length > 0)
  if (first === undefined) return []
  const expected = ownership(first)
  return others
    .filter((view) => ownership(view) !== expected)
    .map(({ address }) => error(`${address}: does not agree with ${first.address} on who serves which slots`))
}

const ownership = ({ nodes }: NodeView): string =>
  nodes
    .filter(({ slots }) => slots.length > 0)
    .map(({ id, slots }) => `${id} ${slotsText(slots)}`)
    .sort()
    .join("\n")

/** Two masters with one epoch cannot settle who of them a slot belongs to. */
const sharedEpochs = (views: ReadonlyArray<NodeView>): ReadonlyArray<ClusterFinding> => {
  const masters = (views[0]?.nodes ?? []).filter(({ isMaster, slots }) => isMaster && slots.length > 0)
  return masters.flatMap(({ address, epoch }, index) => {
    const other = masters.slice(0, index).find((earlier) => earlier.epoch === epoch)
    return other === undefined ? [] : [warning(`${address}: has the epoch of ${other.address} (${epoch})`)]
  })
}

const error = (message: string): ClusterFinding => ({ severity: "error", message })
const warning = (message: string): ClusterFinding => ({ severity: "warning", message })

export const checkText = (report: CheckReport): string =>
  [
    ...report.findings.map(({ message, severity }) => `${severity}: ${message}`),
    hasErrors(report)
      ? `${report.findings.filter(({ severity }) => severity === "error").length} errors in ${report.nodes} nodes`
      : `${report.nodes} nodes agree, and all ${SLOT_COUNT} slots are served`
  ].join("\n")

export const checkDocument = (report: CheckReport): JsonDocument => ({
  ok: !hasErrors(report),
  nodes: report.nodes,
  findings: report.findings
})
