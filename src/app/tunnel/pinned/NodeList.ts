/** The members of a cluster by CLUSTER NODES, which also names those that serve nothing: spare masters, failed nodes. Pure. */
import { parseNodesAddress } from "./ClusterReply.ts"

export interface MemberNode {
  /** 40 hexadecimal digits. */
  readonly id: string
  readonly host: string
  readonly port: number
  /** The announced name, if any: what its certificate is made out to. */
  readonly hostname: string | undefined
}

/** Flags of a node that nobody can be sent to. */
const UNREACHABLE = /\b(noaddr|handshake)\b/

/**
 * In an order that does not depend on who answers.
 *
 * @param text the reply to CLUSTER NODES
 * @param answeredBy the host of the node that answered, which may not know its own
 */
export const parseMembers = (text: string, answeredBy: string): ReadonlyArray<MemberNode> =>
  text
    .split("\n")
    .flatMap((line) => parseMember(line, answeredBy))
    .sort(byAddress)

const parseMember = (line: string, answeredBy: string): ReadonlyArray<MemberNode> => {
  const [id, place = "", flags = ""] = line.split(" ")
  const address = parseNodesAddress(place)
  if (address === undefined || UNREACHABLE.test(flags)) return []
  const { host, hostname, port } = address
  return [
    {
      id,
      host: host === "" ? answeredBy : host,
      port,
      hostname: hostname === "" ? undefined : hostname
    }
  ]
}

const byAddress = (a: MemberNode, b: MemberNode): number =>
  a.host === b.host ? a.port - b.port : a.host < b.host ? -1 : 1
