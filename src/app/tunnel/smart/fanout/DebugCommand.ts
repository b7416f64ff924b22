/** DEBUG: by the key, where a subcommand has one; otherwise every master does it. */
import { calculateSlot } from "../../../../protocol/HashSlot.ts"
import * as Resp from "../../../../protocol/Resp.ts"
import { createHash } from "node:crypto"
import { ReplyTurn } from "../client/ReplyQueue.ts"
import type { Handler } from "../dispatch/Dispatcher.ts"
import { decoded, fanOutAs, gather } from "../dispatch/FanOut.ts"
import { forward, send } from "../dispatch/Forward.ts"

/** Their next argument is a key. */
const KEYED: ReadonlySet<string> = new Set([
  "OBJECT",
  "LISTPACK",
  "ZIPLIST",
  "SDSLEN",
  "HTSTATS-KEY",
  "QUICKLIST",
  "STREAM"
])
/** Answer for the one who asks, whatever node does. */
const ANYWHERE: ReadonlySet<string> = new Set(["PROTOCOL", "STRINGMATCH-LEN", "STRUCTSIZE", "HELP", "LOG"])

const DIGEST_BYTES = 20

export const debug: Handler = (client, command) => {
  const name = command.word(1)
  if (KEYED.has(name) && command.args.length > 2)
    return void forward(client, command, calculateSlot(command.args[2]))
  if (name === "DIGEST") return gather(client, command, "all-masters", mergeDigests)
  if (name === "DIGEST-VALUE" && command.args.length === 3) {
    return void forward(client, command, calculateSlot(command.args[2]))
  }
  if (name === "ERROR") return asItIs(client, command)
  if (ANYWHERE.has(name)) return void forward(client, command, -1)
  fanOutAs(client, command, "all-masters", "all-succeeded")
}

/** An error of the client's own making, whatever it says: nothing is done about it. */
const asItIs: Handler = (client, { bytes, end, entry, start }) => {
  const recovery = { ...client.context.recovery, onErrorReply: () => false }
  send(client, client.enqueue(new ReplyTurn(client.set, recovery, entry, -1, bytes, start, end)))
}

/**
 * The digest that one server with all keys would have: those of keys are joined
 * by exclusive or, to that of the database's number, which each server that is
 * not empty has put in once (computeDatasetDigest in debug.c).
 */
const mergeDigests = (replies: ReadonlyArray<Buffer>): Buffer => {
  const values = replies.map(decoded)
  const failed = values.findIndex(Resp.isError)
  if (failed >= 0) return replies[failed]
  const digests = values.map((value) => Buffer.from(Resp.text(value) ?? "", "hex"))
  const merged = Buffer.alloc(DIGEST_BYTES)
  let isEmpty = true
  for (const digest of digests) {
    if (digest.every((byte) => byte === 0)) continue
    isEmpty = false
    for (let index = 0; index < DIGEST_BYTES; index++) merged[index] ^= digest[index] ^ DATABASE_DIGEST[index]
  }
  if (!isEmpty) for (let index = 0; index < DIGEST_BYTES; index++) merged[index] ^= DATABASE_DIGEST[index]
  return Buffer.from(`+${merged.toString("hex")}\r\n`)
}

const sha1 = (bytes: Uint8Array): Buffer => createHash("sha1").update(bytes).digest()

/** Of database 0, mixed into a digest of zeros (mixDigest). */
const DATABASE_DIGEST = sha1(sha1(Buffer.alloc(4)))
