/** SUBSCRIBE, UNSUBSCRIBE and their kin: a confirmation for each name, in order, then the next command. */
import { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import { type Handler, route } from "../dispatch/Dispatcher.ts"
import * as Replies from "../dispatch/Replies.ts"
import type { Command } from "../request/Command.ts"
import { confirmation } from "./PubSubMessage.ts"
import { KINDS, type SubscriptionKind, subscribeName, unsubscribeName } from "./SubscriptionKind.ts"
import { Subscriptions } from "./Subscriptions.ts"

const UNSERVED = Replies.error("CLUSTERDOWN Hash slot not served")

const sessionOf = (client: ProxyClient): Subscriptions =>
  client.sessions.subscription instanceof Subscriptions
    ? client.sessions.subscription
    : new Subscriptions(client)

const namesIn = (command: Command): ReadonlyArray<string> =>
  command.args.slice(1).map((name) => name.toString("latin1"))

const subscribe =
  (kind: SubscriptionKind): Handler =>
  (client, command) =>
    client.afterDrained(() => {
      const session = sessionOf(client)
      const names = namesIn(command)
      /** By the place of the name: `undefined` as long as its node has not answered. */
      const answers = new Array<"subscribed" | Buffer | undefined>(names.length).fill(undefined)
      let told = 0
      session.onSubscribed = client.context.subscribing.begin()
      const tell = (): void => {
        for (; told < names.length && answers[told] !== undefined; told++) {
          const answer = answers[told]
          // One error is the answer to the whole command.
          if (answer instanceof Uint8Array) {
            if (answer !== answers[told - 1]) client.reply(answer, command.entry)
            continue
          }
          session.wished[kind].add(names[told])
          confirm(client, subscribeName(kind), names[told], session.count(kind))
        }
        if (told < names.length) return
        session.onSubscribed?.()
        session.settle()
        client.release()
      }
      names.forEach((name, index) => {
        const homes = session.homesOf(kind, name)
        let awaited = homes.length
        let refused: Buffer | undefined = homes.length === 0 ? UNSERVED : undefined
        const answered = (refusal: Buffer | undefined): void => {
          refused ??= refusal
          if (--awaited > 0) return
          answers[index] = refused ?? "subscribed"
          if (!client.isClosed) tell()
        }
        if (homes.length === 0) answered(undefined)
        for (const home of homes) {
          session.withLink(home, (link) => {
            if (link instanceof PipelineFailure) {
              answered(Replies.error(`ERR no connection to ${home}: ${link.detail}`))
            } else link.subscribe(kind, [name], answered)
          })
        }
      })
    })

/** The client is told at once: what still arrives is not passed on. */
const unsubscribe =
  (kind: SubscriptionKind): Handler =>
  (client, command) =>
    client.afterDrained(() => {
      const session = sessionOf(client)
      const named = namesIn(command)
      const names = named.length > 0 ? named : [...session.wished[kind]]
      for (const name of names) {
        session.wished[kind].delete(name)
        confirm(client, unsubscribeName(kind), name, session.count(kind))
      }
      if (names.length === 0) confirm(client, unsubscribeName(kind), undefined, session.count(kind))
      session.settle()
      client.release()
    })

/** Who has said SUBSCRIBE before hears it. */
const publish: Handler = (client, command) => {
  const { subscribing } = client.context
  if (subscribing.isIdle) return route(client, command)
  client.afterDrained(() =>
    subscribing.after(() => {
      if (client.isClosed) return
      route(client, command)
      client.release()
    })
  )
}

const confirm = (client: ProxyClient, type: string, name: string | undefined, count: number): void => {
  const bytes = confirmation(type, name, count, client.profile.protocol)
  client.push(bytes, 0, bytes.length)
}

export const subscriptionCommands: ReadonlyArray<readonly [name: string, handler: Handler]> = [
  ["publish", publish],
  ...KINDS.flatMap((kind) => [
    [subscribeName(kind), subscribe(kind)] as const,
    [unsubscribeName(kind), unsubscribe(kind)] as const
  ])
]
