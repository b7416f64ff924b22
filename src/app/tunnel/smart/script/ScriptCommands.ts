/**
 * Scripts and functions, on a second connection to each node: a server does not
 * read on where a script runs, and everybody else has to be told BUSY, or be
 * able to say SCRIPT KILL, meanwhile.
 */
import { commandSlot, CROSS_SLOT as CROSSED } from "../../../../protocol/CommandTable.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import { ReplyTurn } from "../client/ReplyQueue.ts"
import type { Handler } from "../dispatch/Dispatcher.ts"
import { fanOut, fanOutAs } from "../dispatch/FanOut.ts"
import { send } from "../dispatch/Forward.ts"
import * as Replies from "../dispatch/Replies.ts"
import type { Command } from "../request/Command.ts"
import { type RequestRecovery, Unheard } from "../upstream/RoutedRequest.ts"
import type { ScriptMemory } from "./ScriptMemory.ts"

const NO_SCRIPT = "-NOSCRIPT"

const NOT_LOCAL = "attempted to access a non local key"

/**
 * A script that does not name its keys has a master chosen for it. One that has
 * none of the key it asks for first has done nothing, so another is tried: each
 * key is local to one of them. What a script has published it would publish
 * again, so that is looked for in its text.
 */
const wandering = (
  client: ProxyClient,
  body: Uint8Array | undefined,
  recovery: RequestRecovery
): RequestRecovery => {
  if (body === undefined || /publish/i.test(Buffer.from(body).toString("latin1"))) return recovery
  const tried = new Set<string>()
  return {
    ...recovery,
    onErrorReply: (request, chunk, start, end) => {
      if (recovery.onErrorReply(request, chunk, start, end)) return true
      if (request.slot >= 0 || !chunk.toString("latin1", start, end).includes(NOT_LOCAL)) return false
      if (request.address !== undefined) tried.add(request.address)
      const next = client.context.sets.masters().find((address) => !tried.has(address))
      if (next === undefined) return false
      request.goTo(next, false)
      return true
    }
  }
}

const run = (client: ProxyClient, command: Command, recovery: RequestRecovery): void => {
  const slot = commandSlot(command.entry!.spec, command.args)
  if (slot === CROSSED) return client.reply(Replies.CROSS_SLOT, command.entry)
  client.inLane("scripts", () => {
    // What a script reads is tracked by the connection that it runs on.
    const set =
      client.sessions.tracking === undefined
        ? client.context.sets.sharedSet({ ...client.set.flavor, lane: "scripts" })
        : client.set
    const turn = new ReplyTurn(set, recovery, command.entry, slot, command.bytes, command.start, command.end)
    send(client, client.enqueue(turn))
  })
}

export const scriptCommands = (
  scripts: ScriptMemory
): ReadonlyArray<readonly [name: string, handler: Handler]> => {
  const runBody: Handler = (client, command) => {
    scripts.learn(command.args[1])
    run(client, command, wandering(client, command.args[1], client.context.recovery))
  }

  /** A node that does not know the script is taught it, once. */
  const runDigest: Handler = (client, command) => {
    const recovery = wandering(client, scripts.get(command.text(1)), client.context.recovery)
    let taughtAt: string | undefined
    run(client, command, {
      ...recovery,
      onErrorReply: (request, chunk, start, end) => {
        if (recovery.onErrorReply(request, chunk, start, end)) return true
        const isUnknown = chunk.toString("latin1", start, start + NO_SCRIPT.length) === NO_SCRIPT
        const body = isUnknown && taughtAt !== request.address ? scripts.get(command.text(1)) : undefined
        if (body === undefined || request.address === undefined) return false
        taughtAt = request.address
        request.set.ofAddress(request.address).submit(new Unheard(Replies.command("SCRIPT", "LOAD", body)))
        request.goTo(request.address, false)
        return true
      }
    })
  }

  const runFunction: Handler = (client, command) => run(client, command, client.context.recovery)

  const load: Handler = (client, command) => {
    if (command.args.length === 3) scripts.learn(command.args[2])
    fanOut(client, command)
  }

  const flush: Handler = (client, command) => {
    scripts.forgetAll()
    fanOut(client, command)
  }

  /** One master that knows it is enough: the others are taught it when they need it. */
  const exists: Handler = (client, command) => fanOutAs(client, command, "all-masters", "agg-logical-or")

  return [
    ["eval", runBody],
    ["eval_ro", runBody],
    ["evalsha", runDigest],
    ["evalsha_ro", runDigest],
    ["fcall", runFunction],
    ["fcall_ro", runFunction],
    ["script|load", load],
    ["script|flush", flush],
    ["script|exists", exists]
  ]
}
