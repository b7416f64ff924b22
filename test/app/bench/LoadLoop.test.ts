/** The load against a client whose answers take a known time, by the real clock. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { LatencyHistogram } from "../../../src/app/bench/LatencyHistogram.ts"
import { LoadLoop, type LoadOptions } from "../../../src/app/bench/LoadLoop.ts"
import { LoadTally, type TallyPart } from "../../../src/app/bench/LoadTally.ts"
import { Timetable } from "../../../src/app/bench/Timetable.ts"
import { Workload } from "../../../src/app/bench/Workload.ts"
import type { ClientError } from "../../../src/client/ClusterError.ts"
import { RedisError } from "../../../src/client/RedisError.ts"
import type { RedisCommands } from "../../../src/client/RedisCommands.ts"
import { ConnectionError } from "../../../src/connection/ConnectionError.ts"
import { singleNodeTopology } from "../../../src/protocol/ClusterTopology.ts"
import { ok, type RespValue } from "../../../src/protocol/Resp.ts"
import { benchSettings } from "./BenchFixture.ts"

/** Milliseconds until command `position`, from 0, is answered, and with what; OK unless told otherwise. */
type Script = (position: number) => { readonly after: number; readonly outcome?: RespValue | ClientError }

interface ScriptedClient extends Pick<RedisCommands, "unsafeSubmit"> {
  readonly sent: number
  /** Commands under way at once, at most. */
  readonly most: number
}

const scripted = (script: Script): ScriptedClient => {
  let sent = 0
  let underWay = 0
  let most = 0
  return {
    get sent() {
      return sent
    },
    get most() {
      return most
    },
    unsafeSubmit: (_, settle, index) => {
      const { after, outcome } = script(sent++)
      most = Math.max(most, ++underWay)
      setTimeout(() => {
        underWay--
        settle(outcome ?? ok, index)
      }, after)
    }
  }
}

interface Outcome {
  readonly part: TallyPart
  readonly loop: LoadLoop
  readonly service: LatencyHistogram
  readonly response: LatencyHistogram
}

/** Runs to the end. Without a rate it is a closed loop. */
const run = (
  client: ScriptedClient,
  options: Partial<LoadOptions> & { readonly rate?: number; readonly warmup?: number },
  withLoop: (loop: LoadLoop) => void = () => {}
): Effect.Effect<Outcome> =>
  Effect.async((resume) => {
    const { clients = 1, endsAt = Infinity, pipeline = 1, rate, requests = Infinity, warmup = 0 } = options
    const start = performance.now()
    const workload = new Workload(benchSettings(), clients * pipeline, { worker: 0, workers: 1 })
    const tally = new LoadTally(workload.operations, rate !== undefined, singleNodeTopology("127.0.0.1", 1))
    const duration = endsAt - start - warmup
    const loop: LoadLoop = new LoadLoop({
      client,
      workload,
      tally,
      clients,
      pipeline,
      requests,
      timetable:
        rate === undefined
          ? undefined
          : new Timetable({ rate, worker: 0, workers: 1, start, warmup, duration, requests }),
      countsFrom: start + warmup,
      endsAt,
      onEnd: () => {
        const part = tally.take(true)
        const [service, response] = [new LatencyHistogram(), new LatencyHistogram()]
        service.add(part.operations[0].service)
        response.add(part.operations[0].response)
        resume(Effect.succeed({ part, loop, service, response }))
      }
    })
    loop.start()
    withLoop(loop)
  })

/** Values above so many milliseconds. */
const above = ({ histogram }: LatencyHistogram, milliseconds: number): number => {
  let count = 0
  for (
    let index = histogram.countsArrayIndex(milliseconds * 1000);
    index < histogram.countsArrayLength;
    index++
  ) {
    count += histogram.getCountAtIndex(index)
  }
  return count
}

const refused = RedisError.of("OOM command not allowed", "127.0.0.1:1", "SET")
const lost = new ConnectionError({
  reason: "Closed",
  sent: "maybe",
  node: "127.0.0.1:1",
  command: "SET",
  detail: "gone"
})

describe("a closed loop", () => {
  it.live("has every client wait for its answers, and sends exactly what was asked for", () =>
    Effect.gen(function* () {
      const client = scripted(() => ({ after: 5 }))
      const { loop, part, service } = yield* run(client, { clients: 4, pipeline: 3, requests: 100 })
      expect([client.sent, client.most, part.operations[0].operations]).toEqual([100, 12, 100])
      expect(service.count).toBe(100)
      // Timers are a millisecond coarse.
      expect(service.percentile(1)).toBeGreaterThanOrEqual(4)
      expect(loop.measured).toBeGreaterThanOrEqual((100 / 12) * 4)
    })
  )

  it.live("sends a client's next commands together, when all of the last have been answered", () =>
    Effect.gen(function* () {
      const underWay: Array<number> = []
      let answered = 0
      const client = scripted((position) => {
        underWay.push(position - answered)
        return { after: 1 + (position % 3) }
      })
      yield* run(
        {
          ...client,
          unsafeSubmit: (command, settle, index) =>
            client.unsafeSubmit(
              command,
              (outcome, at) => {
                answered++
                settle(outcome, at)
              },
              index
            )
        } as ScriptedClient,
        { pipeline: 3, requests: 30 }
      )
      expect(underWay).toEqual(Array.from({ length: 30 }, (_, position) => position % 3))
    })
  )

  it.live("counts errors by kind, and not as operations", () =>
    Effect.gen(function* () {
      const client = scripted((position) => ({
        after: 0,
        outcome: position % 4 === 0 ? refused : position % 4 === 1 ? lost : ok
      }))
      const { part, service } = yield* run(client, { clients: 3, requests: 40 })
      expect(part.operations[0]).toMatchObject({ operations: 20, errors: 20 })
      expect(part.errors.map(({ count, kind }) => [kind, count])).toEqual([
        ["OOM", 10],
        ["ConnectionError", 10]
      ])
      expect(part.nodes).toMatchObject([{ address: "127.0.0.1:1", operations: 20, errors: 20 }])
      expect(service.count).toBe(20)
    })
  )

  it.live("pauses before it tries again what failed without the server's doing", () =>
    Effect.gen(function* () {
      const { loop } = yield* run(
        scripted(() => ({ after: 0, outcome: lost })),
        { requests: 10 }
      )
      expect(loop.measured).toBeGreaterThanOrEqual(9 * 9)
    })
  )

  it.live("counts nothing of the warm-up, and ends when its time is over", () =>
    Effect.gen(function* () {
      const client = scripted(() => ({ after: 2 }))
      const endsAt = performance.now() + 300
      const { loop, part } = yield* run(client, { warmup: 150, endsAt })
      const counted = part.operations[0].operations
      expect(counted).toBeGreaterThan(0)
      expect(client.sent).toBeGreaterThan(counted)
      expect(loop.measured).toBeGreaterThanOrEqual(140)
    })
  )

  it.live("ends at once when there is nothing to send", () =>
    Effect.gen(function* () {
      const client = scripted(() => ({ after: 0 }))
      const { loop } = yield* run(client, { clients: 2, requests: 0 })
      yield* run(client, { clients: 2, requests: 0, rate: 100 })
      expect([client.sent, loop.measured]).toEqual([0, 0])
    })
  )

  it.live("that is stopped waits for what is under way, and ends once", () =>
    Effect.gen(function* () {
      const client = scripted(() => ({ after: 30 }))
      const { part } = yield* run(client, { clients: 5 }, (loop) => loop.stop())
      expect([client.sent, part.operations[0].operations]).toEqual([5, 5])
    })
  )
})

describe("an open loop", () => {
  it.live(
    "shows a stall in the response times of all who had to wait, and not in one service time alone",
    () =>
      Effect.gen(function* () {
        const client = scripted((position) => ({ after: position === 50 ? 600 : 0 }))
        const { response, service } = yield* run(client, { rate: 200, requests: 200 })
        expect(response.count).toBe(200)
        expect(response.percentile(99.9)).toBeGreaterThan(500)
        // Due while the first was held: one every 5 ms, those of the last 100 ms aside.
        expect(above(response, 100)).toBeGreaterThanOrEqual(90)
        expect(above(service, 100)).toBeLessThan(10)
      })
  )

  it.live("with a client for everybody keeps to its timetable while one is held", () =>
    Effect.gen(function* () {
      const client = scripted((position) => ({ after: position === 50 ? 600 : 0 }))
      const { response } = yield* run(client, { rate: 200, requests: 200, clients: 200 })
      expect(above(response, 500)).toBe(1)
    })
  )

  it.live.each([50, 400, 3000])("holds a rate of %d per second", (rate) =>
    Effect.gen(function* () {
      const requests = rate
      const { loop, part, response } = yield* run(
        scripted(() => ({ after: 0 })),
        { rate, requests, clients: 50 }
      )
      const perSecond = part.operations[0].operations / (loop.measured / 1000)
      expect(part.operations[0].operations).toBe(requests)
      // Where the process was kept from running at its end, the last commands were answered late.
      expect(Math.abs(perSecond / rate - 1)).toBeLessThan(0.01 + response.max / loop.measured)
      expect(loop.unsent).toBe(0)
    })
  )

  it.live("by time sends as many as its rate says, the warm-up's aside", () =>
    Effect.gen(function* () {
      const client = scripted(() => ({ after: 0 }))
      const { part } = yield* run(client, {
        rate: 500,
        warmup: 200,
        endsAt: performance.now() + 700,
        clients: 50
      })
      // One more or less by where the start lies between two of them.
      expect(Math.abs(part.operations[0].operations - 250)).toBeLessThanOrEqual(1)
      expect(Math.abs(client.sent - 350)).toBeLessThanOrEqual(1)
    })
  )

  it.live("says how many commands it could not send, when the servers do not keep up", () =>
    Effect.gen(function* () {
      const client = scripted(() => ({ after: 100 }))
      const { loop, part } = yield* run(client, { rate: 1000, endsAt: performance.now() + 300, clients: 2 })
      expect(loop.unsent).toBeGreaterThan(200)
      expect(Math.abs(loop.unsent + part.operations[0].operations - 300)).toBeLessThanOrEqual(1)
    })
  )

  it.live("tells its waiting for the next command from work", () =>
    Effect.gen(function* () {
      const { loop } = yield* run(
        scripted(() => ({ after: 0 })),
        { rate: 1000, requests: 500, clients: 10 }
      )
      expect(loop.spun).toBeGreaterThan(0.2 * loop.measured)
    })
  )
})
