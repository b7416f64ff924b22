/** The built-ins `topology`, `cluster-check` and `cluster-info`. */
import * as Effect from "effect/Effect"
import { CommandFailure, EndWith } from "../../CommandFailure.ts"
import { FAILED } from "../../ExitStatus.ts"
import { type BuiltinContext, type BuiltinRun, printReport } from "../builtin/Builtin.ts"
import { checkDocument, checkCluster, checkText, hasErrors } from "./ClusterCheck.ts"
import { clusterSummaryDocument, clusterSummaryText } from "./ClusterSummary.ts"
import { type NodeState, nodeStates } from "./NodeStates.ts"
import { topologyDocument, topologyText } from "./TopologyReport.ts"

export const topology: BuiltinRun = (_, context) =>
  Effect.flatMap(nodeStates(context.client), (states) =>
    printReport(context, {
      text: () => topologyText(states),
      document: () => topologyDocument(states)
    })
  )

export const clusterInfo: BuiltinRun = (_, context) =>
  Effect.flatMap(statesOfCluster("cluster-info", context), (states) =>
    printReport(context, {
      text: () => clusterSummaryText(states),
      document: () => clusterSummaryDocument(states)
    })
  )

export const clusterCheck: BuiltinRun = (_, context) =>
  Effect.gen(function* () {
    const states = yield* statesOfCluster("cluster-check", context)
    const report = yield* checkCluster(context.client, states)
    yield* printReport(context, { text: () => checkText(report), document: () => checkDocument(report) })
    if (hasErrors(report)) return yield* new EndWith({ status: FAILED })
  })

const statesOfCluster = (
  name: string,
  { client }: BuiltinContext
): Effect.Effect<ReadonlyArray<NodeState>, CommandFailure> =>
  Effect.filterOrFail(
    nodeStates(client),
    (states) => states.some(({ id }) => id !== ""),
    (states) =>
      new CommandFailure({
        tag: "TopologyError",
        node: states[0]?.address,
        message: `${name}: this is one server, and not a cluster; with --cluster (-c) it is asked for`
      })
  )
