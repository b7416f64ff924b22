/** The built-in `topology`: who holds what, with a picture of the slots. */
import * as Either from "effect/Either"
import { SLOT_COUNT } from "../../../protocol/HashSlot.ts"
import type { JsonDocument } from "../../CommandRun.ts"
import { formatSize } from "../../Size.ts"
import { textTable } from "../../TextTable.ts"
import { number } from "../../KeyProgress.ts"
import type { NodeFacts, NodeState } from "./NodeStates.ts"
import { masterLetter, slotPicture } from "./SlotPicture.ts"
import { slotCount, slotsText } from "./SlotText.ts"

const COLUMNS = [
  { title: "" },
  { title: "NODE" },
  { title: "KEYS", align: "right" },
  { title: "MEMORY", align: "right" },
  { title: "LAG", align: "right" },
  { title: "SLOTS" }
] as const

/** Seconds after which a replica hears of a master that has nothing to replicate (repl-ping-replica-period). */
const PING_PERIOD = 10

export const topologyText = (states: ReadonlyArray<NodeState>): string => {
  const masters = states.filter(({ role }) => role === "master")
  const holders = masters.filter(({ slots }) => slots.length > 0)
  const rows = states.map((state) => [
    state.role === "master" ? letterOf(holders, state) : "",
    state.role === "master" ? state.address : `  ${state.address}`,
    ...measures(state, states),
    state.role === "master" ? mastersSlots(state) : ""
  ])
  const parts = [title(states), textTable(COLUMNS, rows)]
  // Of one server there is nothing to be drawn.
  if (states.length > 1) parts.push(slotPicture(holders.map(({ slots }) => slots)).join("\n"))
  return parts.join("\n\n")
}

const title = (states: ReadonlyArray<NodeState>): string => {
  const masters = states.filter(({ role }) => role === "master")
  const keys = number(total(masters, (facts) => facts.keys))
  const memory = formatSize(total(masters, (facts) => facts.memory))
  if (states.length === 1 && states[0].id === "") return `one server, ${keys} keys, ${memory}`
  const served = masters.reduce((count, { slots }) => count + slotCount(slots), 0)
  const replicas = states.length - masters.length
  return (
    `${masters.length} masters, ${replicas} replicas, ${served} of ${SLOT_COUNT} slots served, ` +
    `${keys} keys, ${memory}`
  )
}

const total = (states: ReadonlyArray<NodeState>, measure: (facts: NodeFacts) => number): number =>
  states.reduce((sum, { facts }) => sum + (Either.isRight(facts) ? measure(facts.right) : 0), 0)

const letterOf = (holders: ReadonlyArray<NodeState>, state: NodeState): string => {
  const index = holders.indexOf(state)
  return index < 0 ? "-" : masterLetter(index)
}

const mastersSlots = ({ slots }: NodeState): string =>
  slots.length === 0 ? "none" : `${slotsText(slots)} (${slotCount(slots)})`

/** Keys, memory, lag; what is wrong with the node stands in the place of its lag. */
const measures = (state: NodeState, states: ReadonlyArray<NodeState>): ReadonlyArray<string> => {
  if (Either.isLeft(state.facts)) {
    return ["?", "?", state.isFailed ? `failed: ${state.facts.left}` : state.facts.left]
  }
  const { keys, memory } = state.facts.right
  const lag = lagOf(state, states)
  const failed = state.isFailed ? "failed" : undefined
  const said =
    lag === undefined
      ? ""
      : lag.bytes === undefined
        ? "no link to its master"
        : `${formatSize(lag.bytes)}${lag.seconds > PING_PERIOD ? `, ${lag.seconds} s` : ""}`
  return [number(keys), formatSize(memory), failed ?? said]
}

interface Lag {
  /** Behind the master; `undefined` when it has lost it. */
  readonly bytes: number | undefined
  /** Since it last heard of it. */
  readonly seconds: number
}

/** `undefined` for a master, and where one of the two does not answer. */
const lagOf = (state: NodeState, states: ReadonlyArray<NodeState>): Lag | undefined => {
  if (state.role === "master" || Either.isLeft(state.facts)) return undefined
  const { heardAgo, isLinked, offset } = state.facts.right
  if (!isLinked) return { bytes: undefined, seconds: heardAgo }
  const master = states.find(({ id }) => id === state.masterId)
  if (master === undefined || Either.isLeft(master.facts)) return undefined
  // The two were not asked in the same instant, so a replica may seem to be ahead.
  return { bytes: Math.max(0, master.facts.right.offset - offset), seconds: heardAgo }
}

export const topologyDocument = (states: ReadonlyArray<NodeState>): JsonDocument => ({
  slotsServed: states.reduce(
    (count, { role, slots }) => count + (role === "master" ? slotCount(slots) : 0),
    0
  ),
  nodes: states.map((state) => {
    const facts = Either.getOrUndefined(state.facts)
    const lag = lagOf(state, states)
    return {
      address: state.address,
      id: state.id,
      role: state.role,
      master: states.find(({ id }) => id !== "" && id === state.masterId)?.address ?? null,
      failed: state.isFailed,
      slots: state.slots,
      keys: facts?.keys ?? null,
      memoryBytes: facts?.memory ?? null,
      lagBytes: lag?.bytes ?? null,
      version: facts?.version ?? null,
      error: Either.isLeft(state.facts) ? state.facts.left : null
    }
  })
})
