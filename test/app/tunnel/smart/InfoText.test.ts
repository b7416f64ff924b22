import { describe, expect, it } from "vitest"
import { formatInfo, mergeInfo, parseInfo } from "../../../../src/app/tunnel/smart/fanout/InfoText.ts"

const first = [
  "# Server\r\nredis_version:7.0.15\r\ntcp_port:7000\r\n",
  "# Memory\r\nused_memory:1000\r\nused_memory_lua:300\r\nmem_fragmentation_ratio:1.50\r\n",
  "# Persistence\r\nloading:0\r\n",
  "# Stats\r\nexpired_keys:3\r\nexpired_stale_perc:0.25\r\n",
  "# Commandstats\r\ncmdstat_get:calls=2,usec=10,usec_per_call=5.00,rejected_calls=0,failed_calls=1\r\n",
  "# Keyspace\r\ndb0:keys=2,expires=1,avg_ttl=100\r\n"
].join("\r\n")
const second = [
  "# Server\r\nredis_version:7.0.15\r\ntcp_port:7001\r\n",
  "# Memory\r\nused_memory:500\r\nused_memory_lua:400\r\nmem_fragmentation_ratio:3.50\r\n",
  "# Persistence\r\nloading:1\r\n",
  "# Stats\r\nexpired_keys:4\r\nexpired_stale_perc:0.50\r\n",
  "# Commandstats\r\ncmdstat_get:calls=2,usec=50,usec_per_call=25.00,rejected_calls=0,failed_calls=0\r\ncmdstat_set:calls=1,usec=1,usec_per_call=1.00,rejected_calls=0,failed_calls=0\r\n",
  "# Keyspace\r\ndb0:keys=5,expires=3,avg_ttl=200\r\n"
].join("\r\n")

describe("INFO of several servers", () => {
  it("is read and written as it is", () => {
    expect(formatInfo(parseInfo(first))).toBe(first)
  })

  it("becomes that of one that does all of it", () => {
    const merged = formatInfo(mergeInfo([parseInfo(first), parseInfo(second)]))
    for (const line of [
      "tcp_port:7000",
      "used_memory:1500",
      "used_memory_lua:400",
      "mem_fragmentation_ratio:1.50",
      "loading:1",
      "expired_keys:7",
      "cmdstat_get:calls=4,usec=60,usec_per_call=15.00,rejected_calls=0,failed_calls=1",
      "cmdstat_set:calls=1,usec=1,usec_per_call=1.00,rejected_calls=0,failed_calls=0",
      "db0:keys=7,expires=4,avg_ttl=175"
    ])
      expect(merged.split("\r\n")).toContain(line)
  })
})
