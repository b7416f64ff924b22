/** `@all`, `@masters`, `@replicas` or `@HOST:PORT` in front of a command: which nodes it is for. */
import {
  type ClusterNode,
  type ClusterTopology,
  findNodeByAddress
} from "../../../protocol/ClusterTopology.ts"

const TARGET_MARK = "@"

/**
 * The nodes that the word names, in the order of the topology, each once; or
 * one line that says which of its names is wrong. Names are divided by commas;
 * a port alone will do where only one node has it.
 *
 * @example findTargets("@masters", topology)
 */
export const findTargets = (word: string, topology: ClusterTopology): ReadonlyArray<ClusterNode> | string => {
  const found = new Set<ClusterNode>()
  for (const name of word.slice(TARGET_MARK.length).split(",")) {
    const nodes = nodesNamed(name, topology)
    if (nodes.length === 0) return notFound(name, topology)
    for (const node of nodes) found.add(node)
  }
  return topology.nodes.filter((node) => found.has(node))
}

const nodesNamed = (name: string, topology: ClusterTopology): ReadonlyArray<ClusterNode> => {
  switch (name.toLowerCase()) {
    case "all":
    case "nodes":
      return topology.nodes
    case "masters":
      return topology.nodes.filter(({ role }) => role === "master")
    case "replicas":
      return topology.nodes.filter(({ role }) => role === "replica")
  }
  const exact = findNodeByAddress(topology, name)
  if (exact !== undefined) return [exact]
  const withPort = topology.nodes.filter(({ port }) => name === String(port) || name === `:${port}`)
  return withPort.length === 1 ? withPort : []
}

const notFound = (name: string, topology: ClusterTopology): string => {
  if (name.toLowerCase() === "replicas") return "@replicas: there are none"
  const known = topology.nodes.map(({ address }) => address).join(", ")
  return `@${name}: no node of that name; there are all, masters, replicas, and ${known}`
}
