/** HELLO, AUTH and RESET: which protocol a client speaks, and who it is. */
import { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import * as Resp from "../../../../protocol/Resp.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import type { Handler } from "../dispatch/Dispatcher.ts"
import * as Replies from "../dispatch/Replies.ts"
import { HELLO_WITHOUT_AUTH, isPassword, WRONG_PASSWORD } from "../../PasswordCheck.ts"
import { PartRequest } from "../upstream/PartRequest.ts"
import { isClientName, NAME_REFUSED } from "./ClientName.ts"

const BAD_VERSION = Replies.error("ERR Protocol version is not an integer or out of range")
const NO_PROTO = Replies.error("NOPROTO unsupported protocol version")

/** A protocol's number as Redis reads it: up to 64 bits. */
const INTEGER = /^(?:0|-?[1-9]\d{0,18})$/

const hello: Handler = (client, command) => {
  const { args, entry } = command
  const version = args.length > 1 ? command.text(1) : undefined
  if (version !== undefined && !INTEGER.test(version)) return client.reply(BAD_VERSION, entry)
  if (version !== undefined && version !== "2" && version !== "3") return client.reply(NO_PROTO, entry)
  let credentials: ReadonlyArray<Buffer> | undefined
  let name: string | undefined
  for (let index = 2; index < args.length; index++) {
    const option = command.word(index)
    if (option === "AUTH" && index + 2 < args.length) {
      credentials = args.slice(index + 1, index + 3)
      index += 2
    } else if (option === "SETNAME" && index + 1 < args.length) {
      name = command.text(++index)
    } else {
      return client.reply(Replies.error(`ERR Syntax error in HELLO option '${command.text(index)}'`), entry)
    }
  }
  const finish = (refusal: Buffer | undefined): void => {
    if (refusal !== undefined) return client.reply(refusal, entry)
    if (name !== undefined && !isClientName(name)) return client.reply(NAME_REFUSED, entry)
    if (name !== undefined) client.profile.name = name
    if (!client.isAuthenticated) return client.reply(Replies.error(HELLO_WITHOUT_AUTH), entry)
    if (version !== undefined) speak(client, version === "3" ? 3 : 2)
    client.reply(greeting(client), entry)
  }
  if (credentials === undefined) finish(undefined)
  else authenticate(client, credentials, finish)
}

/** From here on in this protocol. */
const speak = (client: ProxyClient, protocol: 2 | 3): void => {
  if (client.profile.protocol === protocol) return
  client.profile.protocol = protocol
  client.refresh()
  if (client.sessions.tracking?.onProtocol !== undefined) return client.sessions.tracking.onProtocol()
  client.set = client.context.sets.sharedSet({ protocol, credentials: client.set.flavor.credentials })
}

const greeting = ({ context, profile }: ProxyClient): Buffer =>
  Replies.encode(
    Resp.map([
      [Resp.bulkString("server"), Resp.bulkString(context.server.name)],
      [Resp.bulkString("version"), Resp.bulkString(context.server.version)],
      [Resp.bulkString("proto"), Resp.integer(profile.protocol)],
      [Resp.bulkString("id"), Resp.integer(profile.id)],
      [Resp.bulkString("mode"), Resp.bulkString("standalone")],
      [Resp.bulkString("role"), Resp.bulkString("master")],
      [Resp.bulkString("modules"), context.server.modules]
    ]),
    profile.protocol
  )

const auth: Handler = (client, { args, entry }) => {
  if (args.length > 3) return client.reply(Replies.SYNTAX, entry)
  authenticate(client, args.slice(1), (refusal) => client.reply(refusal ?? Replies.OK, entry))
}

/** By the proxy's own users, or by the cluster; `done` gets the refusal, if it is one. */
const authenticate = (
  client: ProxyClient,
  credentials: ReadonlyArray<Buffer>,
  done: (refusal: Buffer | undefined) => void
): void => {
  const { access } = client.context
  if (access.kind === "open") return authenticateAtCluster(client, credentials, done)
  const [name, password] = credentials.length === 1 ? ["default", credentials[0]] : credentials
  const expected = access.users.get(name.toString())
  if (expected === undefined || !isPassword(expected, password)) {
    return done(Replies.error(WRONG_PASSWORD))
  }
  client.profile.user = name.toString()
  client.isAuthenticated = true
  client.refresh()
  done(undefined)
}

/** On a connection that nobody uses afterwards. */
const authenticateAtCluster = (
  client: ProxyClient,
  credentials: ReadonlyArray<Buffer>,
  done: (refusal: Buffer | undefined) => void
): void => {
  const { recovery, sets } = client.context
  const { protocol } = client.set.flavor
  client.afterDrained(() => {
    const finish = (refusal: Buffer | undefined): void => {
      done(refusal)
      if (!client.isClosed) client.release()
    }
    const [address] = sets.masters()
    const failed = (): void => finish(Replies.error("ERR the cluster cannot be asked at present, try again"))
    if (address === undefined) return failed()
    sets.acquire(address, { protocol, credentials: undefined }, (link) => {
      if (link instanceof PipelineFailure) return failed()
      const onReply = (reply: Buffer): void => {
        sets.discard(link)
        if (reply[0] === MINUS) return finish(reply)
        client.set = sets.sharedSet({ protocol, credentials })
        client.profile.user = credentials.length === 1 ? "default" : credentials[0].toString()
        finish(undefined)
      }
      link.pipeline.submit(
        new PartRequest(
          client.set,
          { ...recovery, onErrorReply: () => false, onLost: failed },
          undefined,
          -1,
          Replies.command("AUTH", ...credentials),
          onReply
        )
      )
    })
  })
}

const MINUS = 0x2d

/** As a client that has just come: RESP2, no name, no state, and to say AUTH again where that is needed. */
const reset: Handler = (client, { entry }) => {
  client.afterDrained(() => {
    client.sessions.end()
    client.output.limit = client.context.limits.outputBuffer
    client.replyMode = "on"
    const { profile } = client
    profile.name = ""
    profile.protocol = 2
    profile.user = "default"
    profile.isNoEvict = profile.isNoTouch = false
    client.set = client.context.sets.sharedSet({ protocol: 2, credentials: undefined })
    client.isAuthenticated = client.context.access.kind === "open"
    client.refresh()
    client.reply(RESET, entry)
    client.release()
  })
}
const RESET = Buffer.from("+RESET\r\n")

export const handshakeCommands: ReadonlyArray<readonly [name: string, handler: Handler]> = [
  ["hello", hello],
  ["auth", auth],
  ["reset", reset]
]
