import { describe, expect, it } from "vitest"
import { SendWindow } from "../../../src/app/transfer/SendWindow.ts"

const SIZES = { windowKeys: 160, flightKeys: 10 }

/** Sends what there is room for, and is answered after so many milliseconds. */
const roundTrip = (window: SendWindow, now: number, milliseconds: number): void => {
  window.send(window.room(0), now)
  window.answer(0, now + milliseconds)
}

describe("a window", () => {
  it("has a flight unanswered where answers come soon, however late some of them are", () => {
    const window = new SendWindow(SIZES)
    expect(window.room(0)).toBe(10)
    expect(window.room(4)).toBe(6)
    roundTrip(window, 0, 1)
    roundTrip(window, 100, 5000)
    expect(window.room(0)).toBe(10)
  })

  it("grows with the shortest way there and back, as far as it goes", () => {
    const window = new SendWindow(SIZES)
    roundTrip(window, 0, 1000)
    expect(window.room(0)).toBe(160)
    roundTrip(window, 2000, 40)
    expect(window.room(0)).toBe(100)
    roundTrip(window, 3000, 80)
    expect(window.room(0)).toBe(100)
    roundTrip(window, 4000, 2)
    expect(window.room(0)).toBe(10)
  })

  it("times an answer to what was sent then, not to what was sent before", () => {
    const window = new SendWindow(SIZES)
    window.send(10, 0)
    window.send(10, 30)
    // The first ten are answered; a time is taken of them, and the next is of what is sent from now on.
    window.answer(10, 40)
    expect(window.room(0)).toBe(100)
    window.send(10, 40)
    window.answer(10, 41)
    expect(window.room(0)).toBe(100)
    window.answer(0, 60)
    expect(window.room(0)).toBe(50)
  })

  it("counts what is held to its keys, and not to its flight", () => {
    const window = new SendWindow(SIZES)
    window.hold(140)
    expect(window.room(0)).toBe(10)
    window.hold(15)
    expect(window.room(0)).toBe(5)
    window.settle(155)
    expect([window.room(0), window.isUnheld]).toEqual([10, true])
  })
})
