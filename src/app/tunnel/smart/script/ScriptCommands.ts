/**
 * Scripts and functions, on a second connection to each node: a server does not
 * read on where a script runs, and everybody else has to be told BUSY, or be
 * able to say SCRIPT KILL, meanwhile.
 */
import { commandSlot, CROSS_SLOT as CROSSED } from "../../../../protocol/CommandTable.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import { ReplyTurn } from "../client/ReplyQueue.ts"
import { type Handler, route } from "../dispatch/Dispatcher.ts"
import { askEach, fanOut, fanOutAs } from "../dispatch/FanOut.ts"
import { send } from "../dispatch/Forward.ts"
import * as Replies from "../dispatch/Replies.ts"
import type { Command } from "../request/Command.ts"
import { blockWith } from "../session/BlockingCommands.ts"
import { PartRequest } from "../upstream/PartRequest.ts"
import type { RequestRecovery, RoutedRequest } from "../upstream/RoutedRequest.ts"
import type { ScriptMemory } from "./ScriptMemory.ts"
import { textOfFunction, textOfScript, wandering } from "./Wandering.ts"

const NO_SCRIPT = "-NOSCRIPT"

const run = (client: ProxyClient, command: Command, recovery: RequestRecovery): void => {
  const { monitors } = client.context
  if (!monitors.starting.isIdle) {
    return client.afterDrained(() =>
      monitors.starting.after(() => {
        if (!client.isClosed) client.goOn(() => run(client, command, recovery))
      })
    )
  }
  const slot = commandSlot(command.entry!.spec, command.args)
  if (slot === CROSSED) return client.reply(Replies.CROSS_SLOT, command.entry)
  // It may have to wait at its node, and others should not wait with it.
  if (client.context.pause.isOn) return blockWith(client, command, recovery)
  const submit = (): void => {
    // What a script reads is tracked by the connection that it runs on.
    const set =
      client.sessions.tracking === undefined
        ? client.context.sets.sharedSet({ ...client.set.flavor, lane: "scripts" })
        : client.set
    const turn = new ReplyTurn(set, recovery, command.entry, slot, command.bytes, command.start, command.end)
    send(client, client.enqueue(turn))
  }
  if (!monitors.isOn) return client.lanes.enter("scripts", submit)
  // What it does is shown before the next command; it comes from the node by other connections.
  client.afterDrained(() => {
    submit()
    client.afterDrained(() => monitors.catchUp(() => client.isClosed || client.release()))
  })
}

/** Sends the script, and the command again once it has arrived: they may take different connections. */
const teach = (request: RoutedRequest, address: string, body: Uint8Array): void => {
  const { entry, recovery, set } = request
  const goOn = (): void => request.goTo(address, false)
  const unheard = { ...recovery, onErrorReply: () => false, onLost: goOn }
  new PartRequest(set, unheard, entry, -1, Replies.command("SCRIPT", "LOAD", body), goOn).goTo(address, false)
}

export const scriptCommands = (
  scripts: ScriptMemory
): ReadonlyArray<readonly [name: string, handler: Handler]> => {
  const runBody: Handler = (client, command) => {
    scripts.learn(command.args[1])
    run(client, command, wandering(client, textOfScript(command.args[1]), client.context.recovery))
  }

  const runDigest: Handler = (client, command) => {
    const body = scripts.get(command.text(1))
    if (!client.context.pause.isOn || body === undefined) return runKnown(client, command)
    // A master that does not know what a script does would have it wait.
    client.afterDrained(() =>
      askEach(client, undefined, Replies.command("SCRIPT", "LOAD", body), "all-masters", () => {
        runKnown(client, command)
        // It holds the client itself while it may wait.
        if (!client.profile.isBlocked) client.release()
      })
    )
  }

  /** A node that does not know the script is taught it, once. */
  const runKnown: Handler = (client, command) => {
    const recovery = wandering(client, textOfScript(scripts.get(command.text(1))), client.context.recovery)
    let taughtAt: string | undefined
    run(client, command, {
      ...recovery,
      onErrorReply: (request, chunk, start, end) => {
        if (recovery.onErrorReply(request, chunk, start, end)) return true
        const isUnknown = chunk.toString("latin1", start, start + NO_SCRIPT.length) === NO_SCRIPT
        const body = isUnknown && taughtAt !== request.address ? scripts.get(command.text(1)) : undefined
        if (body === undefined || request.address === undefined) return false
        taughtAt = request.address
        teach(request, request.address, body)
        return true
      }
    })
  }

  const runFunction: Handler = (client, command) =>
    run(client, command, wandering(client, textOfFunction(client, command.text(1)), client.context.recovery))

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

  /** There is none here, so it can be ended. */
  const debug: Handler = (client, command) =>
    command.word(2) === "NO" ? client.reply(Replies.OK, command.entry) : route(client, command)

  return [
    ["script|debug", debug],
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
