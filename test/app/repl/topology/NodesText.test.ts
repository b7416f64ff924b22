import { describe, expect, it } from "@effect/vitest"
import { isAbsent, parseNodes } from "../../../../src/app/repl/topology/NodesText.ts"

const REPLY = `07c37 127.0.0.1:30004@31004,host-4 slave e7d1e 0 1426238317239 4 connected
e7d1e ::1:30001@31001 myself,master - 0 0 1 connected 0-5460 5462 [5461->-292f8] [93-<-67ed2]
292f8 :0@0 master,fail,noaddr - 1 1 3 disconnected
824fe 10.0.0.9:6379 handshake - 0 0 0 connected
`

describe("parseNodes", () => {
  const [replica, myself, failed, guest] = parseNodes(REPLY)

  it("reads addresses in every form", () => {
    expect(parseNodes(REPLY).map(({ address }) => address)).toEqual([
      "127.0.0.1:30004",
      "[::1]:30001",
      ":0",
      "10.0.0.9:6379"
    ])
  })

  it("reads roles, masters and links", () => {
    expect(replica).toMatchObject({ isMaster: false, masterId: "e7d1e", isLinked: true, epoch: 4 })
    expect(myself).toMatchObject({ isMaster: true, isMyself: true, masterId: undefined })
    expect(failed).toMatchObject({ isMaster: true, isLinked: false })
  })

  it("reads slots, and those on the move", () => {
    expect(myself.slots).toEqual([
      [0, 5460],
      [5462, 5462]
    ])
    expect(myself.migrating).toEqual([5461])
    expect(myself.importing).toEqual([93])
    expect(failed.slots).toEqual([])
  })

  it("knows who is absent", () => {
    expect([replica, myself, failed, guest].map(isAbsent)).toEqual([false, false, true, true])
  })
})
