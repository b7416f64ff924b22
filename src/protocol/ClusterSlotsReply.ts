/**
 * Reads a reply to CLUSTER SLOTS, in its RESP2 or RESP3 form: nodes, and the
 * node of each slot. `ClusterTopology.parseClusterSlots` makes a value of them.
 *
 * Source: https://redis.io/docs/latest/commands/cluster-slots/
 */
import { type ClusterNode, formatAddress, HIGHEST_PORT, identity } from "./ClusterNode.ts"
import { SLOT_COUNT } from "./HashSlot.ts"
import { isNull, type RespValue, text } from "./Resp.ts"

/** In a table of slots: no node serves this slot. */
export const NO_OWNER = 0xffff

/** In place of an index: a node that the reply names without saying where it is. */
const UNREACHABLE = -1

/** What has been read of a reply: a node may yet turn out to be a master. */
interface Draft {
  readonly nodes: Array<Mutable<ClusterNode>>
  /** Index of a node in `nodes` by its id, or by its address if it has none. */
  readonly indexes: Map<string, number>
  readonly slots: Uint16Array
  readonly answeredBy: string
}

type Mutable<A> = { -readonly [K in keyof A]: A[K] }

/** What is wrong with a part of a reply. */
type Problem = string

/**
 * @param answeredBy the host of the node that sent the reply
 * @returns what is wrong with the reply, if anything is
 */
export const readClusterSlots = (
  reply: RespValue,
  answeredBy: string
): { readonly nodes: Array<ClusterNode>; readonly slots: Uint16Array } | Problem => {
  if (reply._tag !== "Array") return `CLUSTER SLOTS was answered with ${reply._tag} instead of Array`
  const slots = new Uint16Array(SLOT_COUNT).fill(NO_OWNER)
  const draft: Draft = { nodes: [], indexes: new Map(), slots, answeredBy }
  for (let index = 0; index < reply.value.length; index++) {
    const problem = readEntry(reply.value[index], draft)
    if (problem !== undefined) return `CLUSTER SLOTS entry ${index + 1}: ${problem}`
  }
  return draft
}

const readEntry = (entry: RespValue, draft: Draft): Problem | undefined => {
  if (entry._tag !== "Array" || entry.value.length < 3) return "not a first slot, a last slot and a master"
  const first = wholeNumber(entry.value[0])
  const last = wholeNumber(entry.value[1])
  if (!(first <= last && last < SLOT_COUNT)) return "its slots are not a range within 0 to 16383"
  const master = readNode(entry.value[2], draft, undefined)
  if (typeof master === "string") return master
  for (let index = 3; index < entry.value.length; index++) {
    const replica = readNode(entry.value[index], draft, master)
    if (typeof replica === "string") return replica
  }
  if (master === UNREACHABLE) return undefined
  for (let slot = first; slot <= last; slot++) {
    if (draft.slots[slot] !== NO_OWNER) return `slot ${slot} is in an earlier entry too`
    draft.slots[slot] = master
  }
  return undefined
}

/** The index of the node, UNREACHABLE, or what is wrong. `master` is the index of its master if it is a replica. */
const readNode = (value: RespValue, draft: Draft, master: number | undefined): number | Problem => {
  if (value._tag !== "Array" || value.value.length < 2) return "a node is not a host and a port"
  const [hostValue, portValue, idValue, metadataValue] = value.value
  const announced = word(hostValue)
  if (announced === undefined) return "the host of a node is not text"
  const port = wholeNumber(portValue)
  if (!(port <= HIGHEST_PORT)) return "the port of a node is not a number from 0 to 65535"
  const id = idValue === undefined ? "" : word(idValue)
  if (id === undefined) return "the id of a node is not text"

  const metadata = readMetadata(metadataValue)
  const host = reachableHost(announced, metadata, draft.answeredBy)
  if (host === "" || port === 0) return UNREACHABLE
  const address = formatAddress(host, port)
  const known = draft.indexes.get(id || address)
  if (known !== undefined) {
    if (master === undefined) promote(draft.nodes[known])
    return known
  }
  if (draft.nodes.length === NO_OWNER) return `more than ${NO_OWNER} nodes`
  // Servers give the address apart when `host` is not one, and the name when `host` is not it.
  const isName = host === announced && metadata.ip !== undefined && metadata.ip !== host
  draft.indexes.set(id || address, draft.nodes.length)
  return (
    draft.nodes.push({
      id,
      host,
      port,
      address,
      role: master === undefined ? "master" : "replica",
      hostname: metadata.hostname || (isName ? host : undefined),
      ip: metadata.ip || undefined,
      masterId: master === undefined || master === UNREACHABLE ? undefined : identity(draft.nodes[master])
    }) - 1
  )
}

/** Where to connect to; empty if that is not known. */
const reachableHost = (announced: string, metadata: Metadata, answeredBy: string): string => {
  if (announced === "") return answeredBy
  if (announced !== "?") return announced
  // A node that has not yet learned its own address gives an empty one: it is the node that answered.
  return metadata.ip === "" ? answeredBy : (metadata.ip ?? metadata.hostname ?? "")
}

interface Metadata {
  readonly hostname: string | undefined
  readonly ip: string | undefined
}

/** From RESP3's map or RESP2's flat array of names and values; what is not understood is passed over. */
const readMetadata = (value: RespValue | undefined): Metadata => {
  let hostname: string | undefined
  let ip: string | undefined
  const read = (name: RespValue, content: RespValue | undefined): void => {
    if (content === undefined) return
    if (text(name) === "hostname") hostname = word(content)
    else if (text(name) === "ip") ip = word(content)
  }
  if (value?._tag === "Map") for (const [name, content] of value.value) read(name, content)
  else if (value?._tag === "Array")
    for (let index = 0; index < value.value.length; index += 2)
      read(value.value[index], value.value[index + 1])
  return { hostname, ip }
}

/** Text, nil as empty text, `undefined` for anything else. */
const word = (value: RespValue): string | undefined =>
  isNull(value) ? "" : value._tag === "BulkString" || value._tag === "SimpleString" ? text(value) : undefined

/** A number from 0 on, or NaN. */
const wholeNumber = (value: RespValue): number =>
  value._tag === "Integer" && Number.isSafeInteger(value.value) && value.value >= 0
    ? Number(value.value)
    : NaN

const promote = (node: Mutable<ClusterNode>): void => {
  node.role = "master"
  node.masterId = undefined
}
