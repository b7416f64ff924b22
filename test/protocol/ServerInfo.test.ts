import { describe, expect, it } from "vitest"
import { parseServerInfo } from "../../src/protocol/ServerInfo.ts"

describe("parseServerInfo", () => {
  it("reads Redis", () => {
    const info = "# Server\r\nredis_version:7.0.15\r\nredis_mode:cluster\r\n"
    expect(parseServerInfo(info)).toEqual({ name: "redis", version: "7.0.15", mode: "cluster" })
  })

  it("reads Valkey, which says too which Redis it is compatible with", () => {
    const info =
      "redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1\r\nserver_mode:standalone\r\n"
    expect(parseServerInfo(info)).toEqual({ name: "valkey", version: "8.1.1", mode: "standalone" })
  })

  it("has nothing where nothing is said", () => {
    expect(parseServerInfo("")).toEqual({ name: "", version: "", mode: "" })
  })
})
