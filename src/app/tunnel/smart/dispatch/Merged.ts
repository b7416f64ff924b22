/** Commands for all masters whose replies are made into one in a way of their own. */
import * as Resp from "../../../../protocol/Resp.ts"
import type { RespValue } from "../../../../protocol/Resp.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import type { Command } from "../request/Command.ts"
import type { Handler } from "./Dispatcher.ts"
import { decoded, gather } from "./FanOut.ts"
import * as Replies from "./Replies.ts"

/** Replies of all masters as one, unless one is an error. */
export const merged =
  (merge: (values: ReadonlyArray<RespValue>, client: ProxyClient, command: Command) => RespValue): Handler =>
  (client, command) =>
    gather(client, command, "all-masters", (replies) => {
      const values = replies.map(decoded)
      const failed = values.findIndex(Resp.isError)
      return failed >= 0
        ? replies[failed]
        : Replies.encode(merge(values, client, command), client.profile.protocol)
    })
