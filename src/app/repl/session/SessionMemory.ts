/** What a session remembers between two commands; plain and mutable, one per session. */
import type { CommandArgument, CommandArguments } from "../../../protocol/Resp.ts"
import { ConnectionSettings } from "./ConnectionSettings.ts"
import type { OwnConnection } from "./OwnConnections.ts"
import type { Login } from "./StatefulCommand.ts"

/** From MULTI on. */
export interface OpenTransaction {
  /** Where it is; `undefined` in a cluster as long as no key has said which node. */
  connection: OwnConnection | undefined
  /** In a cluster, once there is a key. */
  slot: number | undefined
  /** Answered QUEUED. */
  length: number
  /** Those of them that wait for a key to say which node. */
  readonly held: Array<CommandArguments>
  /** The database that EXEC will have selected. */
  database: number | undefined
  /** A command was refused by us, so EXEC has to be as well. */
  isTainted: boolean
  /** Its connection was lost: nothing more can be queued, and nothing was executed. */
  isLost: boolean
}

/** From WATCH to EXEC, DISCARD or UNWATCH. */
export interface WatchedKeys {
  readonly connection: OwnConnection
  /** In a cluster. */
  readonly slot: number | undefined
  /** The server has forgotten them with their connection. */
  isLost: boolean
}

export class SessionMemory {
  /** `host:port` of the node that answered last. */
  node: string
  isConnected = true
  database: number
  /** What a new connection of the client has selected. */
  readonly firstDatabase: number
  clientName: CommandArgument | undefined
  login: Login
  readonly settings = new ConnectionSettings()
  /** CLIENT REPLY: kept here, and the server never told, since all replies have to be read all the same. */
  replies: "on" | "off" | "skip" = "on"
  transaction: OpenTransaction | undefined
  watched: WatchedKeys | undefined

  constructor(node: string, database: number, login: Login) {
    this.node = node
    this.database = database
    this.firstDatabase = database
    this.login = login
  }
}
