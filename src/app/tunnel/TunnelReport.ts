/** What `tunn` says when it listens. Never a password. */
import { formatAddress } from "../../protocol/ClusterTopology.ts"
import type { JsonDocument } from "../CommandRun.ts"
import type { ListenAddress } from "./ListenAddress.ts"

/** One port that clients connect to. */
export interface TunnelDoor {
  readonly listen: ListenAddress
  /** The server behind it, `host:port`; of smart mode all masters. */
  readonly node: string
}

export interface TunnelReport {
  readonly mode: "standalone" | "smart" | "pinned"
  /** One, or in pinned mode one per node. */
  readonly doors: ReadonlyArray<TunnelDoor>
  /** Whether the servers are spoken to with TLS. */
  readonly tls: boolean
  /** Whether clients are. */
  readonly listenTls: boolean
  readonly listenPassword: boolean
  readonly metrics: ListenAddress | undefined
}

/** The document of `--json`. */
export const tunnelDocument = (report: TunnelReport): JsonDocument => ({
  mode: report.mode,
  listen: report.doors.map(({ listen, node }) => ({
    address: addressOf(listen),
    host: listen.host,
    port: listen.port,
    node
  })),
  tls: report.tls,
  listenTls: report.listenTls,
  listenPassword: report.listenPassword,
  metrics: report.metrics === undefined ? null : addressOf(report.metrics)
})

/** For a person. */
export const tunnelText = (report: TunnelReport): string => {
  const { doors, listenPassword, listenTls, metrics, mode, tls } = report
  const secured = tls ? " with TLS" : ""
  const said = [...(listenTls ? ["TLS"] : []), ...(listenPassword ? ["a password"] : [])].join(" and ")
  const asked = said === "" ? "" : ` (clients need ${said})`
  const lines = doors.map(({ listen, node }) => {
    const front = mode === "smart" ? `the cluster of ${node}${secured}` : `${node}${secured}`
    return `listening on ${addressOf(listen)}${asked} for ${front}`
  })
  return [
    ...lines,
    ...(metrics === undefined ? [] : [`metrics at http://${addressOf(metrics)}/metrics`]),
    "Ctrl-C ends it; clients are given time for what they have begun."
  ].join("\n")
}

const addressOf = ({ host, port }: ListenAddress): string => formatAddress(host, port)
