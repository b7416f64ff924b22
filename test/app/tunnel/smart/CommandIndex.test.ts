import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { CommandIndex } from "../../../../src/app/tunnel/smart/request/CommandIndex.ts"
import { allCommands } from "../../../../src/protocol/CommandTable.ts"

const index = new CommandIndex((name) => name === "ping")
const find = (text: string) => {
  const bytes = Buffer.from(`<${text}>`, "latin1")
  return index.find(bytes, 1, bytes.length - 1)
}

describe("the index of commands", () => {
  it("finds every command by its bytes, in any case", () => {
    const names = allCommands()
      .map(({ name }) => name)
      .filter((name) => !name.includes("|"))
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.infiniteStream(fc.boolean()), (name, upper) => {
        const spelled = Array.from(name, (letter) =>
          upper.next().value === true ? letter.toUpperCase() : letter
        )
        expect(find(spelled.join(""))?.name).toBe(name)
      }),
      { numRuns: 1000 }
    )
  })

  it("finds nothing for what is none, however near", () => {
    for (const text of ["", "ge", "gett", "g\u0005t", "GET ", "@et", "subscrib\u0045x"])
      expect(find(text)).toBe(undefined)
  })

  it("knows what is forwarded without a second look", () => {
    expect(find("get")).toMatchObject({ isPlain: true, firstKey: 1, least: 2, most: 2, isReadOnly: true })
    expect(find("set")).toMatchObject({ isPlain: true, least: 3, most: Infinity, isReadOnly: false })
    expect(find("del")).toMatchObject({ isPlain: false, isPlainAlone: true, least: 2 })
    for (const name of ["ping", "blpop", "config", "eval", "keys", "rename"]) {
      expect(find(name)).toMatchObject({ isPlain: false, isPlainAlone: false })
    }
  })

  it("takes in what a server describes", () => {
    const [spec] = allCommands()
    index.add({ ...spec, name: "json.get" })
    expect(find("JSON.GET")?.name).toBe("json.get")
  })
})
