/** What stands between a client and its commands: a missing AUTH, a pause, a state in which they mean something else. */
import type { ProxyClient } from "../client/ProxyClient.ts"
import type { Command } from "../request/Command.ts"
import * as Replies from "./Replies.ts"

/**
 * Besides commands that write, these may (CMD_MAY_REPLICATE). Of scripts, functions
 * and EXEC the server knows whether they do; they wait there, if they have to.
 */
const MAY_WRITE: ReadonlySet<string> = new Set(["pfcount", "publish", "spublish"])

/** True when the command has been dealt with. */
export const intercept = (client: ProxyClient, command: Command): boolean => {
  const { entry } = command
  const { pause } = client.context
  if (!client.isAuthenticated && entry?.spec.noAuth !== true) {
    client.reply(Replies.NOT_AUTHENTICATED, entry)
    return true
  }
  if (pause.isOn && pause.concerns(mayWrite(command))) {
    client.hold()
    client.profile.isBlocked = true
    pause.wait(() => {
      client.profile.isBlocked = false
      if (!client.isClosed) client.dispatch(command)
    })
    return true
  }
  return (
    client.sessions.monitor?.intercept(command) === true ||
    client.sessions.subscription?.intercept(command) === true ||
    client.sessions.transaction?.intercept(command) === true ||
    client.sessions.tracking?.intercept(command) === true
  )
}

/** What is not worded rightly is refused at once. */
const mayWrite = ({ entry, hasItsArity }: Command): boolean =>
  entry !== undefined && hasItsArity && !entry.runsScript && (entry.spec.write || MAY_WRITE.has(entry.name))
