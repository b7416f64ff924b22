import { describe, expect, it } from "@effect/vitest"
import { CONNECT_OPTIONS } from "../../src/app/OptionTable.ts"
import { asTyped } from "../../src/app/Wizard.ts"

describe("Wizard", () => {
  it("writes answers as a person would", () => {
    const chosen = ["fill", "-h", "a", "-t", "true", "-c", "false", "--password", "-x", "--json", "true"]
    expect(asTyped(chosen, CONNECT_OPTIONS)).toEqual(["fill", "-h", "a", "-t", "--password", "-x", "--json"])
  })

  it("puts -- before the words", () => {
    expect(asTyped(["sandbox", "--port", "0", "fill", "-d", "1"], [])).toEqual([
      "sandbox",
      "--port",
      "0",
      "--",
      "fill",
      "-d",
      "1"
    ])
  })
})
