/** A command that the table does not know: a module's or a newer server's, which the servers are asked about once, or nobody's. */
import { specFromCommandInfo } from "../../../../protocol/CommandTable.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import { Command } from "../request/Command.ts"
import { PartRequest } from "../upstream/PartRequest.ts"
import type { Handler } from "./Dispatcher.ts"
import { route } from "./Dispatcher.ts"
import { decoded } from "./FanOut.ts"
import { forward } from "./Forward.ts"
import * as Replies from "./Replies.ts"

/** What no server knows is remembered up to here, so that a client's typing error is not asked about twice. */
const MAX_FOREIGN = 10_000
const foreign = new Set<string>()

export const learnAndRoute: Handler = (client, command) => {
  const name = command.text(0).toLowerCase()
  // The server words what is wrong with it.
  if (foreign.has(name)) return void forward(client, command, -1)
  client.afterDrained(() =>
    ask(client, name, () => {
      const entry = client.context.index.find(command.args[0], 0, command.args[0].length)
      if (entry === undefined) {
        if (foreign.size < MAX_FOREIGN) foreign.add(name)
        forward(client, command, -1)
      } else {
        const known = new Command(entry, command.args, command.bytes, command.start, command.end)
        client.context.monitors.show(client, known)
        route(client, known)
      }
      client.release()
    })
  )
}

const ask = (client: ProxyClient, name: string, done: () => void): void => {
  const { index, recovery, sets } = client.context
  const [address] = sets.masters()
  if (address === undefined) return done()
  const request = new PartRequest(
    client.set,
    { ...recovery, onErrorReply: () => false, onLost: done },
    undefined,
    -1,
    Replies.command("COMMAND", "INFO", name),
    (reply) => {
      const spec = specFromCommandInfo(decoded(reply))
      if (spec !== undefined) index.add(spec)
      done()
    }
  )
  request.goTo(address, false)
}
