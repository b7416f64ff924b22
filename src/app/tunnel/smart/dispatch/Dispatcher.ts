/** What becomes of a command that is not simply forwarded: by a handler of its own, or as the command table says. */
import { CROSS_SLOT as CROSSED, commandSlot, isBlocking } from "../../../../protocol/CommandTable.ts"
import type { ClientHandler, ProxyClient } from "../client/ProxyClient.ts"
import type { Command } from "../request/Command.ts"
import { fanOut } from "./FanOut.ts"
import { forward } from "./Forward.ts"
import { CROSS_SLOT, error } from "./Replies.ts"
import { divideByKey, split } from "./Split.ts"

/** Deals with one command of the table. */
export type Handler = (client: ProxyClient, command: Command) => void

export interface DispatcherParts {
  /** By the table's names. */
  readonly handlers: ReadonlyMap<string, Handler>
  /** True when a client's state has dealt with the command: a transaction, a subscription, a missing AUTH. */
  readonly intercept: (client: ProxyClient, command: Command) => boolean
  /** A command that the table does not know. */
  readonly onUnknown: Handler
  readonly onBlocking: Handler
  readonly onClosed: (client: ProxyClient) => void
}

export const makeDispatcher = (parts: DispatcherParts): ClientHandler => {
  const { handlers, intercept, onBlocking, onClosed, onUnknown } = parts
  return {
    onCommand: (client, command) => {
      client.profile.lastCommand = command.name
      if (intercept(client, command)) return
      const { entry } = command
      if (entry === undefined) return onUnknown(client, command)
      // The server says what is wrong with it.
      if (!command.hasItsArity) return void forward(client, command, -1)
      client.context.monitors.show(client, command)
      const handler = handlers.get(entry.name)
      if (handler !== undefined && entry.isAnsweredHere) {
        const { ownCommands, slowLog } = client.context
        const microseconds = ownCommands.run(command.name, () => handler(client, command))
        slowLog.onAnswered(client.profile, command, microseconds)
      } else if (handler !== undefined) handler(client, command)
      else if (isBlocking(entry.spec, command.args)) onBlocking(client, command)
      else route(client, command)
    },
    onClosed
  }
}

/** As the command table says. */
export const route = (client: ProxyClient, command: Command): void => {
  const { spec } = command.entry!
  switch (spec.requestPolicy) {
    case "all-nodes":
    case "all-masters":
      return fanOut(client, command)
    case "refuse":
    case "session":
      return client.reply(
        error(`ERR ${command.name.replace("|", " ")} is not supported by this proxy`),
        command.entry
      )
    default: {
      const slot = commandSlot(spec, command.args)
      if (slot !== CROSSED) {
        const turn = forward(client, command, slot)
        if (spec.requestPolicy === "multi-shard" && command.args.length > command.entry!.least) {
          divideByKey(client, command, turn)
        }
      } else if (spec.requestPolicy === "multi-shard") split(client, command)
      else client.reply(CROSS_SLOT, command.entry)
    }
  }
}
