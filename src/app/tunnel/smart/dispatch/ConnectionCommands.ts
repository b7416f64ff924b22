/** Commands that the proxy answers itself, or words as one server would that is no cluster. */
import type { Handler } from "./Dispatcher.ts"
import { forward } from "./Forward.ts"
import * as Replies from "./Replies.ts"

const ping: Handler = (client, { args, entry }) =>
  args.length > 2
    ? client.reply(Replies.wrongArity("ping"), entry)
    : client.reply(args.length === 1 ? Replies.PONG : Replies.bulk(args[1]), entry)

const echo: Handler = (client, { args, entry }) => client.reply(Replies.bulk(args[1]), entry)

const quit: Handler = (client, { entry }) => {
  client.reply(Replies.OK, entry)
  client.closeAfterReplies("quit", "")
}

const noCluster: Handler = (client, { entry }) => client.reply(Replies.NO_CLUSTER, entry)

/** A cluster has one database; any node says so. */
const select: Handler = (client, command) => void forward(client, command, -1)

export const connectionCommands: ReadonlyArray<readonly [name: string, handler: Handler]> = [
  ["ping", ping],
  ["echo", echo],
  ["quit", quit],
  ["select", select],
  ["asking", noCluster],
  ["readonly", noCluster],
  ["readwrite", noCluster]
]
