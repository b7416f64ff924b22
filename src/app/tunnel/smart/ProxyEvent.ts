/** What happens in the proxy that its operator may want to know: never a value, never a password. */

export type ClosedBecause =
  "left" | "quit" | "idle" | "query buffer" | "output buffer" | "protocol" | "killed" | "drained" | "lost"

export type ProxyEvent =
  | { readonly kind: "ClientConnected"; readonly id: number; readonly address: string }
  | { readonly kind: "ClientRefused"; readonly address: string; readonly clients: number }
  | {
      readonly kind: "ClientClosed"
      readonly id: number
      readonly address: string
      readonly because: ClosedBecause
      readonly detail: string
    }
  /** A connection to a node is open. `purpose`: whose commands it carries. */
  | { readonly kind: "NodeConnected"; readonly node: string; readonly purpose: "shared" | "private" }
  /** A shared connection to a node was lost; so many commands may have been executed without an answer. */
  | { readonly kind: "NodeLost"; readonly node: string; readonly detail: string; readonly unanswered: number }
  | { readonly kind: "NodeUnreachable"; readonly node: string; readonly detail: string }
  /** Nodes have come, left, or changed their roles; that slots move is not told. */
  | { readonly kind: "TopologyChanged"; readonly masters: number; readonly replicas: number }
  /** Subscriptions, a MONITOR or tracking of a client go on at another node; what came meanwhile is lost. */
  | { readonly kind: "SessionRestored"; readonly id: number; readonly node: string }

export type OnProxyEvent = (event: ProxyEvent) => void
