/** How a connection to a node differs from others to it: connections of one flavor can carry each other's commands. */
import type { CommandArguments } from "../../../../protocol/Resp.ts"

export type Lane = "scripts"

export interface Flavor {
  /** Replies are forwarded as they come, so there are connections for each version that clients speak. */
  readonly protocol: 2 | 3
  /** AUTH as a client gave it; without, the user that the proxy itself logs in with. */
  readonly credentials: CommandArguments | undefined
  /** A second connection beside the ordinary one, for commands that may run for long. */
  readonly lane?: Lane
}
