/**
 * The latency events of several servers as those of one. A server keeps one
 * sample per second, the worst; so does what is made of several.
 */
import * as Resp from "../../../../protocol/Resp.ts"
import type { RespValue } from "../../../../protocol/Resp.ts"

/** Samples of an event that Redis keeps (latency.h). */
const MAX_SAMPLES = 160

const numbersOf = (value: RespValue): ReadonlyArray<number> =>
  (Resp.elements(value) ?? []).map((element) => Number(element.value))

/** LATENCY HISTORY: pairs of a Unix second and milliseconds, oldest first. */
export const mergeHistories = (replies: ReadonlyArray<RespValue>): RespValue => {
  const worst = new Map<number, number>()
  for (const reply of replies) {
    for (const sample of Resp.elements(reply) ?? []) {
      const [second, milliseconds] = numbersOf(sample)
      worst.set(second, Math.max(milliseconds, worst.get(second) ?? 0))
    }
  }
  const samples = [...worst].toSorted(([a], [b]) => a - b).slice(-MAX_SAMPLES)
  return Resp.array(samples.map((sample) => Resp.array(sample.map(Resp.integer))))
}

/** LATENCY LATEST: an event's name, its latest second and milliseconds, and the worst of all time. */
export const mergeLatest = (replies: ReadonlyArray<RespValue>): RespValue => {
  const events = new Map<string, { second: number; latest: number; worst: number }>()
  for (const reply of replies) {
    for (const event of Resp.elements(reply) ?? []) {
      const name = nameOf(event)
      const [, second, latest, worst] = numbersOf(event)
      const known = events.get(name) ?? { second, latest, worst }
      events.set(name, known)
      known.worst = Math.max(known.worst, worst)
      if (second > known.second || (second === known.second && latest > known.latest)) {
        known.second = second
        known.latest = latest
      }
    }
  }
  return Resp.array(
    Array.from(events, ([name, { latest, second, worst }]) =>
      Resp.array([Resp.bulkString(name), Resp.integer(second), Resp.integer(latest), Resp.integer(worst)])
    )
  )
}

/** Of a reply to LATENCY LATEST. */
export const eventNames = (latest: RespValue): ReadonlyArray<string> =>
  (Resp.elements(latest) ?? []).map(nameOf)

const nameOf = (event: RespValue): string => Resp.text(Resp.elements(event)?.[0] ?? Resp.nullValue) ?? ""
