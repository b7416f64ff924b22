/** Commands that the proxy answers itself, or words as one server would that is no cluster. */
import { allCommands } from "../../../../protocol/CommandTable.ts"
import type { Handler } from "./Dispatcher.ts"
import { forward } from "./Forward.ts"
import * as Replies from "./Replies.ts"

/** While a script runs somewhere its node is asked, which may have to say BUSY: one server would. */
const ping: Handler = (client, command) => {
  const { args, entry } = command
  const busy = client.context.sets.busyWithScript(client.set.flavor)
  if (busy !== undefined) {
    return client.turnFor(entry, -1, command.bytes, command.start, command.end).goTo(busy, false)
  }
  client.reply(args.length === 1 ? Replies.PONG : Replies.bulk(args[1]), entry)
}

const echo: Handler = (client, { args, entry }) => client.reply(Replies.bulk(args[1]), entry)

const quit: Handler = (client, { entry }) => {
  client.reply(Replies.OK, entry)
  client.closeAfterReplies("quit", "")
}

const noCluster: Handler = (client, { entry }) => client.reply(Replies.NO_CLUSTER, entry)

const TOO_MANY = Replies.wrongArity("ping")

const pingOrRefuse: Handler = (client, command) =>
  command.args.length > 2 ? client.reply(TOO_MANY, command.entry) : ping(client, command)

/** A cluster has one database; any node says so. */
const select: Handler = (client, command) => void forward(client, command, -1)

const clusterCommands = allCommands()
  .filter(({ name }) => name === "cluster" || name.startsWith("cluster|"))
  .map(({ name }) => [name, noCluster] as const)

export const connectionCommands: ReadonlyArray<readonly [name: string, handler: Handler]> = [
  ...clusterCommands,
  ["ping", pingOrRefuse],
  ["echo", echo],
  ["quit", quit],
  ["select", select],
  ["asking", noCluster],
  ["readonly", noCluster],
  ["readwrite", noCluster]
]
