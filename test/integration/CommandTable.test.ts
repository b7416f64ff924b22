/** The generated table and our reading of it, against what a running server says. */
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Connection from "../../src/connection/Connection.ts"
import { rowsFromCommand } from "../../src/protocol/CommandInfo.ts"
import { commandRows, generatedFrom } from "../../src/protocol/CommandTable.generated.ts"
import {
  allCommands,
  keyIndexes,
  lookupCommand,
  specFromCommandInfo
} from "../../src/protocol/CommandTable.ts"
import { elements, isError, text } from "../../src/protocol/Resp.ts"
import { STANDALONE, TestCluster } from "../support/TestCluster.ts"

const connect = (protocol: 2 | 3): Effect.Effect<Connection.Connection, never, Scope.Scope | TestCluster> =>
  Effect.flatMap(TestCluster, ({ connectionOptions }) =>
    Effect.orDie(Connection.connect({ ...connectionOptions, protocol }))
  )

/** Every shape of key position; each line is also a valid call as far as COMMAND GETKEYS looks. */
const INVOCATIONS = `
GET k
SET k v EX 10 NX GET
GETEX k PERSIST
APPEND k v
INCRBYFLOAT k 1.5
SETRANGE k 0 v
LCS a b IDX
MGET a b c
MSET a 1 b 2 c 3
MSETNX a 1 b 2
DEL a b
UNLINK a
EXISTS a a b
TOUCH a b
RENAME a b
RENAMENX a b
COPY a b DB 0 REPLACE
DUMP k
RESTORE k 0 payload REPLACE
RESTORE-ASKING k 0 payload
EXPIRE k 10 NX
PEXPIREAT k 1 GT
TTL k
TYPE k
MOVE k 1
OBJECT ENCODING k
OBJECT FREQ k
MEMORY USAGE k SAMPLES 0
SORT k BY w_* LIMIT 0 1 GET # DESC ALPHA STORE d
SORT k BY STORE GET store
SORT k STORE d BY x
SORT_RO k BY w_*
BITCOUNT k 0 -1 BIT
BITFIELD k GET u8 0 SET u8 0 1
BITFIELD_RO k GET u8 0
BITOP NOT d a
BITOP XOR d a b c
BITPOS k 1
PFADD k a b
PFCOUNT a b c
PFMERGE d a b
HSET h f v g w
HMGET h f g
HRANDFIELD h 2 WITHVALUES
HSCAN h 0 MATCH *
LPUSH l a b
LMOVE a b LEFT RIGHT
RPOPLPUSH a b
BRPOPLPUSH a b 0
BLMOVE a b LEFT RIGHT 0
BLPOP a b c 0
BRPOP a 0
LMPOP 2 a b LEFT COUNT 3
BLMPOP 0 3 a b c RIGHT
LPOS l a RANK 1
SADD s a b
SMOVE a b m
SINTER a b
SINTERCARD 2 a b LIMIT 10
SINTERSTORE d a b
SDIFFSTORE d a
SUNIONSTORE d a b c
SSCAN s 0
ZADD z NX CH 1 m
ZRANGE z 0 -1 REV
ZRANGESTORE d s 0 -1
ZUNION 2 a b WEIGHTS 1 2 WITHSCORES
ZINTER 1 a
ZDIFF 3 a b c
ZINTERCARD 2 a b
ZUNIONSTORE d 2 a b AGGREGATE MAX
ZINTERSTORE d 1 a
ZDIFFSTORE d 2 a b
ZMPOP 1 a MIN
BZMPOP 0 2 a b MAX COUNT 2
BZPOPMIN a b 0
ZRANGEBYSCORE z 0 1 LIMIT 0 1
GEOADD g 1 2 m
GEODIST g a b km
GEOSEARCH g FROMMEMBER m BYRADIUS 1 km
GEOSEARCHSTORE d s FROMMEMBER m BYRADIUS 1 km
GEORADIUS g 1 2 3 m
GEORADIUS g 1 2 3 m COUNT 1 STORE d
GEORADIUS g 1 2 3 m STOREDIST d
GEORADIUS_RO g 1 2 3 m
GEORADIUSBYMEMBER g m 3 m STORE d
GEORADIUSBYMEMBER_RO g m 3 m
XADD x MAXLEN 10 * f v
XLEN x
XDEL x 1-1
XREAD STREAMS a 0
XREAD COUNT 2 BLOCK 0 STREAMS a b c 0 0 $
XREADGROUP GROUP g c COUNT 1 NOACK STREAMS a b > >
XREADGROUP GROUP STREAMS c STREAMS a >
XGROUP CREATE x g $ MKSTREAM
XGROUP DESTROY x g
XINFO STREAM x FULL
XINFO CONSUMERS x g
XACK x g 1-1
XCLAIM x g c 0 1-1
XAUTOCLAIM x g c 0 0
XPENDING x g
EVAL script 2 a b arg
EVALSHA sha 1 a
EVAL_RO script 3 a b c
EVALSHA_RO sha 1 a arg
FCALL f 2 a b
FCALL_RO f 1 a
WATCH a b
MIGRATE host 6379 k 0 100 COPY REPLACE
MIGRATE host 6379 "" 0 100 REPLACE KEYS a b c
MIGRATE host 6379 "" 0 100 AUTH KEYS KEYS a
MIGRATE host 6379 "" 0 100 AUTH2 user KEYS KEYS a b
PFDEBUG ENCODING k
SUBSTR k 0 1
`
  .trim()
  .split("\n")
  .map((line) => line.split(" ").map((word) => (word === '""' ? "" : word)))

const containers = allCommands().filter(({ name }) => !name.includes("|"))

layer(TestCluster.layer(STANDALONE), { excludeTestServices: true })((it) => {
  describe("the generated table", () => {
    for (const protocol of [2, 3] as const) {
      it.scoped(`is what a server of its version says on RESP${protocol}`, () =>
        Effect.gen(function* () {
          const server = yield* connect(protocol)
          const said = new Map(rowsFromCommand(yield* server.execute("COMMAND")).map((row) => [row[0], row]))
          expect(said.size).toBeGreaterThan(200)
          const isSameVersion = server.server === generatedFrom
          if (isSameVersion) expect(said).toEqual(new Map(commandRows.map((row) => [row[0], row])))
          // Another version may lack commands, and know more of the others.
          else expect(commandRows.filter(([name]) => said.has(name)).length).toBeGreaterThan(200)
        })
      )
    }

    it.scoped("is what COMMAND INFO teaches of each command", () =>
      Effect.gen(function* () {
        const server = yield* connect(3)
        const infos = containers.map(({ name }) => ["COMMAND", "INFO", name])
        const learned = (yield* server.executeMany(infos)).map(specFromCommandInfo)
        if (server.server === generatedFrom) expect(learned).toEqual(containers)
        else expect(learned.filter((spec) => spec !== undefined).length).toBeGreaterThan(200)
      })
    )
  })

  describe("keyIndexes", () => {
    it.scoped(`finds the keys that COMMAND GETKEYS finds, in ${INVOCATIONS.length} calls`, () =>
      Effect.gen(function* () {
        const server = yield* connect(2)
        const replies = yield* server.executeMany(INVOCATIONS.map((args) => ["COMMAND", "GETKEYS", ...args]))
        const expected = replies.map((reply, call) => [
          INVOCATIONS[call].join(" "),
          isError(reply) ? reply.value : elements(reply)?.map(text)
        ])
        const found = INVOCATIONS.map((args) => {
          const keys = keyIndexes(lookupCommand(args)!, args).map((index) => args[index])
          return [args.join(" "), keys]
        })
        expect(found).toEqual(expected)
      })
    )

    it.scoped("finds none where the server finds none", () =>
      Effect.gen(function* () {
        const server = yield* connect(2)
        for (const line of [
          "PING",
          "EVAL s 0 a",
          "DBSIZE",
          "SCAN 0",
          "CONFIG GET a",
          "EVAL s x a",
          "BLPOP a"
        ]) {
          const [name, ...rest] = line.split(" ")
          const reply = yield* server.execute("COMMAND", "GETKEYS", name, ...rest)
          expect([line, isError(reply) || elements(reply)?.length === 0]).toEqual([line, true])
          expect([line, keyIndexes(lookupCommand([name])!, [name, ...rest])]).toEqual([line, []])
        }
      })
    )

    it.scoped("finds the key of every command that has just one", () =>
      Effect.gen(function* () {
        const server = yield* connect(2)
        const calls = allCommands()
          .filter((spec) => spec.isSingleKey && !spec.keySpecs[0].isChannel)
          .map((spec) => {
            const args = spec.name.split("|")
            while (args.length < Math.max(Math.abs(spec.arity), spec.keyedLength))
              args.push(`arg${args.length}`)
            return { spec, args }
          })
        expect(calls.length).toBeGreaterThan(100)
        const replies = yield* server.executeMany(calls.map(({ args }) => ["COMMAND", "GETKEYS", ...args]))
        for (const [call, { spec, args }] of calls.entries()) {
          const keys = keyIndexes(spec, args).map((index) => args[index])
          expect([args, elements(replies[call])?.map(text)]).toEqual([args, keys])
        }
      })
    )
  })
})
