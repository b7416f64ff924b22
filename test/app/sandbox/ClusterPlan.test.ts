import { expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { planCluster } from "../../../src/app/sandbox/ClusterPlan.ts"

it("divides the slots as redis-cli does for three masters", () => {
  expect(planCluster(3, 1)).toEqual({
    masters: [
      { server: 0, firstSlot: 0, lastSlot: 5460 },
      { server: 1, firstSlot: 5461, lastSlot: 10921 },
      { server: 2, firstSlot: 10922, lastSlot: 16383 }
    ],
    replicas: [
      { server: 3, master: 0 },
      { server: 4, master: 1 },
      { server: 5, master: 2 }
    ]
  })
})

it("gives every slot to one master, in shares that differ by one at most, and every master its replicas", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 5 }), (masters, replicas) => {
      const plan = planCluster(masters, replicas)
      let next = 0
      for (const { firstSlot, lastSlot } of plan.masters) {
        expect(firstSlot).toBe(next)
        next = lastSlot + 1
      }
      expect(next).toBe(16384)
      const shares = plan.masters.map(({ firstSlot, lastSlot }) => lastSlot - firstSlot + 1)
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
      for (const { server } of plan.masters) {
        expect(plan.replicas.filter(({ master }) => master === server)).toHaveLength(replicas)
      }
      const servers = [...plan.masters, ...plan.replicas].map(({ server }) => server)
      expect(servers).toEqual(Array.from({ length: masters * (1 + replicas) }, (_, index) => index))
    })
  )
})
