/**
 * A script or function that does not name its keys has a master chosen for it.
 * One that is refused a key there is tried at the next: each key is local to one
 * master and each master is tried once, so what it has written it does not write
 * again. What it has published it would publish again, so that is looked for in
 * its text.
 */
import * as Resp from "../../../../protocol/Resp.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import { decoded } from "../dispatch/FanOut.ts"
import * as Replies from "../dispatch/Replies.ts"
import { pairsOf } from "../fanout/Pairs.ts"
import { PartRequest } from "../upstream/PartRequest.ts"
import type { RequestRecovery } from "../upstream/RoutedRequest.ts"

/** Finds the text that is to be executed; `address`: a node that knows it. Calls back once. */
export type FindText = (address: string, found: (text: string | undefined) => void) => void

const NOT_LOCAL = "attempted to access a non local key"
const PUBLISHES = /publish/i

export const wandering = (
  client: ProxyClient,
  findText: FindText,
  recovery: RequestRecovery
): RequestRecovery => {
  const { sets } = client.context
  const { topology } = sets
  const tried = new Set<string>()
  return {
    ...recovery,
    onErrorReply: (request, chunk, start, end) => {
      if (recovery.onErrorReply(request, chunk, start, end)) return true
      const { address } = request
      if (request.slot >= 0 || address === undefined) return false
      const refusal = chunk.toString("latin1", start, end - LINE_END)
      if (!refusal.includes(NOT_LOCAL)) return false
      tried.add(address)
      const next = sets.masters().find((each) => !tried.has(each))
      // A slot that has moved would be local to a second master.
      if (next === undefined || sets.topology !== topology) return false
      request.onTroubled()
      findText(address, (text) => {
        if (text === undefined || PUBLISHES.test(text)) request.fail(refusal)
        else request.goTo(next, false)
      })
      return true
    }
  }
}
const LINE_END = 2

/** Of a script, if the proxy has seen it. */
export const textOfScript =
  (body: Uint8Array | undefined): FindText =>
  (_, found) =>
    found(body === undefined ? undefined : Buffer.from(body).toString("latin1"))

/** Of a function's whole library. */
export const textOfFunction =
  (client: ProxyClient, name: string): FindText =>
  (address, found) => {
    const { recovery } = client.context
    const unheard = { ...recovery, onErrorReply: () => false, onLost: () => found(undefined) }
    new PartRequest(client.set, unheard, undefined, -1, LIST, (reply) =>
      found(codeOf(decoded(reply), name))
    ).goTo(address, false)
  }
const LIST = Replies.command("FUNCTION", "LIST", "WITHCODE")

/** Names of functions are told apart without regard to case. */
const codeOf = (list: Resp.RespValue, name: string): string | undefined => {
  for (const library of Resp.elements(list) ?? []) {
    const functions = Resp.elements(fieldOf(library, "functions")) ?? []
    const names = functions.map((each) => Resp.text(fieldOf(each, "name"))?.toLowerCase())
    if (names.includes(name.toLowerCase())) return Resp.text(fieldOf(library, "library_code"))
  }
  return undefined
}

const fieldOf = (value: Resp.RespValue, name: string): Resp.RespValue =>
  pairsOf(value).find(([key]) => Resp.text(key) === name)?.[1] ?? Resp.nullValue
