/** CONFIG for all nodes, where the proxy has to know of it too. */
import type { Handler } from "../dispatch/Dispatcher.ts"
import { fanOut } from "../dispatch/FanOut.ts"

const set: Handler = (client, command) => {
  client.context.slowLog.configure(command.args.slice(2).map(String))
  fanOut(client, command)
}

const resetStatistics: Handler = (client, command) => {
  client.context.ownCommands.reset()
  fanOut(client, command)
}

export const configCommands: ReadonlyArray<readonly [name: string, handler: Handler]> = [
  ["config|set", set],
  ["config|resetstat", resetStatistics]
]
