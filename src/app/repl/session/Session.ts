/** Makes a `CommandSession`: what each command does to the state that it is executed in. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ClientError } from "../../../client/ClusterError.ts"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import * as Resp from "../../../protocol/Resp.ts"
import type { CommandArguments, RespValue } from "../../../protocol/Resp.ts"
import { nameOf } from "./CommandName.ts"
import type { CommandSession, SessionReply, SessionState } from "./CommandSession.ts"
import { answer, SILENCE, unsubscribed } from "./SessionAnswer.ts"
import * as SessionBatch from "./SessionBatch.ts"
import * as SessionLink from "./SessionLink.ts"
import { SessionMemory } from "./SessionMemory.ts"
import * as SessionMessages from "./SessionMessages.ts"
import * as SessionRoute from "./SessionRoute.ts"
import { type Login, type StatefulCommand, statefulCommand } from "./StatefulCommand.ts"
import * as TransactionCourse from "./TransactionCourse.ts"

export interface SessionOptions<E> extends SessionLink.LinkOptions<E> {
  readonly isCluster: boolean
  /** As what `connect` connects at first. */
  readonly login: Login
  readonly database: number
  /** What a person is told of an error that `connect` fails with. */
  readonly describe: (error: E) => string
}

type Outcome = Effect.Effect<SessionReply, ClientError>

/** Connects, and closes all with the scope. */
export const make = <E>(options: SessionOptions<E>): Effect.Effect<CommandSession, E, Scope.Scope> =>
  Effect.map(
    SessionLink.make(options, options.login, (client) =>
      Effect.map(client.topology, ({ nodes }) => {
        const first = nodes.find(({ role }) => role === "master") ?? nodes[0]
        return new SessionMemory(first.address, options.database, options.login)
      })
    ),
    ({ link, memory }) => new Session(options, link, memory)
  )

class Session<E> implements CommandSession {
  private readonly options: SessionOptions<E>
  private readonly link: SessionLink.SessionLink<E>
  private readonly memory: SessionMemory
  private readonly course: TransactionCourse.TransactionCourse
  private readonly route: SessionRoute.SessionRoute
  private readonly listening: SessionMessages.SessionMessages
  readonly executeMany: CommandSession["executeMany"]

  constructor(options: SessionOptions<E>, link: SessionLink.SessionLink<E>, memory: SessionMemory) {
    const { isCluster, onNotice } = options
    this.options = options
    this.link = link
    this.memory = memory
    this.course = TransactionCourse.make(link, memory, isCluster)
    this.route = SessionRoute.make(link, memory, isCluster)
    this.listening = SessionMessages.make(link, memory, isCluster, onNotice)
    this.executeMany = SessionBatch.make(link, memory, isCluster, (command) => this.execute(command))
  }

  get client(): RedisCommands {
    return this.link.client
  }

  get state(): SessionState {
    const { database, isConnected, login, node, transaction } = this.memory
    return {
      isCluster: this.options.isCluster,
      node,
      isConnected,
      database,
      user: login.username === "default" ? undefined : login.username,
      protocol: login.protocol ?? 2,
      transaction:
        transaction === undefined ? undefined : { length: transaction.length, slot: transaction.slot }
    }
  }

  execute(command: CommandArguments): Outcome {
    return Effect.suspend(() => {
      const stateful = statefulCommand(command)
      const { replies } = this.memory
      if (stateful?._tag === "Replies") return this.setReplies(stateful.mode)
      if (replies === "skip") this.memory.replies = "on"
      const executed = this.executeAloud(command, stateful)
      return replies === "on" ? executed : Effect.as(executed, SILENCE)
    })
  }

  private setReplies(mode: "on" | "off" | "skip"): Outcome {
    // SKIP amid OFF changes nothing, as on a server.
    if (mode !== "skip" || this.memory.replies !== "off") this.memory.replies = mode
    return Effect.succeed(mode === "on" ? answer(Resp.ok) : SILENCE)
  }

  private executeAloud(command: CommandArguments, stateful: StatefulCommand | undefined): Outcome {
    const { course, memory, route } = this
    const { transaction } = memory
    if (stateful?._tag === "Refused") {
      return Effect.succeed(answer(Resp.simpleError(`ERR ${nameOf(command)}: ${stateful.reason}`)))
    }
    if (transaction !== undefined) return this.told(course.within(transaction, command, stateful))
    switch (stateful?._tag) {
      case "Multi":
        return this.told(course.multi(command))
      case "Watch":
        return this.told(course.watch(command))
      case "Unwatch":
        return this.told(course.unwatch(command))
      case "Select":
        return route.ask(command, () => {
          memory.database = stateful.database
        })
      case "SetName":
        return route.ask(command, () => {
          memory.clientName = stateful.clientName
        })
      case "Setting":
        return route.ask(command, () => memory.settings.keep(memory.node, stateful.setting, command))
      case "Login":
        return this.logIn(command, stateful)
      case "Reset":
        return this.reset(command)
      case "Shutdown":
        return this.shutDown(command)
      case "Subscribe":
        return this.listening.subscribe(command, stateful.isSharded)
      case "Unsubscribe":
        return Effect.succeed(unsubscribed(stateful.type, command))
      case "Monitor":
        return this.listening.monitor(command)
      default:
        return route.send(command)
    }
  }

  /** An answer that the transaction's course gave. */
  private told(outcome: Effect.Effect<RespValue, ClientError>): Outcome {
    return Effect.map(outcome, (reply) =>
      answer(reply, this.memory.node, this.memory.transaction?.slot ?? this.memory.watched?.slot)
    )
  }

  private logIn(command: CommandArguments, given: StatefulCommand & { readonly _tag: "Login" }): Outcome {
    const { clientName, login } = given
    const { memory, options } = this
    return Effect.tap(this.route.ask(command), (answered) => {
      if (answered._tag !== "Answer" || Resp.isError(answered.reply)) return Effect.void
      const before = memory.login
      const isOther = login.password !== undefined
      memory.clientName = clientName ?? memory.clientName
      memory.login = {
        username: isOther ? (login.username ?? "default") : before.username,
        password: login.password ?? before.password,
        protocol: login.protocol ?? before.protocol
      }
      if (!isOther && memory.login.protocol === before.protocol) return Effect.void
      return Effect.catchAll(this.link.renew, (error) =>
        Effect.sync(() => {
          memory.login = before
          options.onNotice(options.describe(error))
        })
      )
    })
  }

  /** Everything as at the beginning, but for the user, whose password we have. */
  private reset(command: CommandArguments): Outcome {
    const { memory } = this
    return this.route
      .ask(command, () => {
        memory.database = memory.firstDatabase
        memory.clientName = undefined
        memory.settings.clear()
        memory.watched = undefined
      })
      .pipe(Effect.tap(() => Effect.ignore(this.link.renew)))
  }

  /** A server that goes does not answer. */
  private shutDown(command: CommandArguments): Outcome {
    return Effect.catchIf(
      this.route.send(command),
      (error) => error._tag === "ConnectionError" && error.reason === "Closed" && error.sent === "maybe",
      () => Effect.succeed(SILENCE)
    )
  }
}
