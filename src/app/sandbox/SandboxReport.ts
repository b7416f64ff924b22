/** What `sandbox` says when its servers are ready. Never the password. */
import type { JsonDocument } from "../CommandRun.ts"
import type { Sandbox, SandboxNode } from "./Sandbox.ts"

type Reported = Pick<Sandbox, "mode" | "nodes" | "password" | "seed" | "tls">

/** The document of `--json`. */
export const sandboxDocument = ({ mode, nodes, password, seed, tls }: Reported): JsonDocument => ({
  mode,
  seed: seed.address,
  nodes: nodes.map(({ address, id, masterId, role, server, slots }) => ({
    address,
    host: server.host,
    port: server.port,
    role,
    pid: server.pid(),
    ...(mode === "cluster" ? { id, masterId: masterId ?? null, slots } : {})
  })),
  tls:
    tls === undefined ? null : { cacert: tls.files.ca, cert: tls.files.clientCert, key: tls.files.clientKey },
  password: password !== undefined
})

/** For a person: what there is, and with which options to connect. */
export const sandboxText = (sandbox: Reported): string => {
  const { nodes, password, seed, tls } = sandbox
  const ours = [
    ...(sandbox.mode === "cluster" ? ["-c"] : []),
    `-h ${seed.address}`,
    ...(tls === undefined ? [] : [`-t --cacert ${tls.files.ca}`])
  ]
  const redisCli = [
    ...(sandbox.mode === "cluster" ? ["-c"] : []),
    `-h ${seed.host} -p ${seed.port}`,
    ...(tls === undefined ? [] : [`--tls --cacert ${tls.files.ca}`])
  ]
  return [
    `${sandboxTitle(sandbox)} is ready at ${seed.address}`,
    ...(nodes.length === 1 ? [] : ["", ...nodes.map((node) => `  ${nodeLine(node, nodes)}`)]),
    "",
    `Connect with   redis-client COMMAND ${ours.join(" ")}`,
    `or with        redis-cli ${redisCli.join(" ")}`,
    ...(password === undefined ? [] : ["and the password that you gave, in REDISCLI_AUTH"]),
    "Ctrl-C stops it and leaves nothing behind."
  ].join("\n")
}

/** @example "A cluster of 3 masters and 3 replicas" */
export const sandboxTitle = ({ mode, nodes, tls }: Reported): string => {
  const secured = tls === undefined ? "" : " with TLS"
  if (mode === "standalone") return `A standalone server${secured}`
  const replicas = nodes.filter(({ role }) => role === "replica").length
  const masters = nodes.length - replicas
  const followed = replicas === 0 ? "" : ` and ${counted(replicas, "replica")}`
  return `A cluster of ${counted(masters, "master")}${followed}${secured}`
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`

const nodeLine = (
  { address, masterId, role, slots }: SandboxNode,
  nodes: ReadonlyArray<SandboxNode>
): string => {
  const master = nodes.find(({ id }) => id === masterId)
  const detail =
    master === undefined
      ? `slots ${slots.map(([first, last]) => `${first}-${last}`).join(", ")}`
      : `of ${master.address}`
  return `${address}  ${role.padEnd(7)}  ${detail}`
}
