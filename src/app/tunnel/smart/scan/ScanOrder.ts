/**
 * The order in which SCAN walks the masters, and what stands in its cursors: the
 * number of a node's turn above, the node's own cursor below.
 *
 * A master that gains slots gets another turn, behind all others: so a key that
 * moves while a walk is under way is met before its move or after it, perhaps
 * twice, as SCAN may. A turn that was given out keeps its meaning as long as the
 * proxy runs; a node that has left is passed over, since who took its slots has
 * a later turn.
 */
import type { ClusterTopology } from "../../../../protocol/ClusterTopology.ts"

/** A server's cursors are below the size of its hash table. */
const CURSOR_BITS = 48n
const CURSOR_MASK = (1n << CURSOR_BITS) - 1n
const MAX_TURNS = 1 << 16

export interface ScanPosition {
  readonly address: string
  readonly turn: number
  /** The node's own. */
  readonly cursor: string
}

export class ScanOrder {
  /** The node whose turn it is, by number. */
  private readonly turns: Array<string> = []
  /** Each master's latest turn. */
  private readonly latest = new Map<string, number>()
  private topology: ClusterTopology | undefined

  apply(topology: ClusterTopology): void {
    const gained = new Set<string>()
    const masters = new Set<string>()
    topology.slots.forEach((owner, slot) => {
      const address = topology.nodes[owner]?.address
      if (address === undefined) return
      masters.add(address)
      const before = this.topology
      if (before === undefined || before.nodes[before.slots[slot]]?.address !== address) gained.add(address)
    })
    this.topology = topology
    for (const address of this.latest.keys()) if (!masters.has(address)) this.latest.delete(address)
    for (const address of [...gained].toSorted()) {
      if (this.turns.length < MAX_TURNS) this.latest.set(address, this.turns.push(address) - 1)
    }
  }

  /** Where a cursor leads; `undefined` when it is none of ours, or there is nothing left to walk. */
  locate(text: string): ScanPosition | "invalid" | "finished" {
    if (!/^\d{1,20}$/.test(text)) return "invalid"
    const value = BigInt(text)
    const turn = Number(value >> CURSOR_BITS)
    if (value === 0n) return this.from(0)
    const address = this.turns[turn]
    if (address === undefined) return "invalid"
    return this.latest.has(address)
      ? { address, turn, cursor: String(value & CURSOR_MASK) }
      : this.from(turn + 1)
  }

  /** The cursor for the client after a node has answered with its own. */
  next({ turn }: ScanPosition, cursor: string): string {
    if (cursor !== "0") return String((BigInt(turn) << CURSOR_BITS) | BigInt(cursor))
    const position = this.from(turn + 1)
    return position === "finished" ? "0" : String(BigInt(position.turn) << CURSOR_BITS)
  }

  /** Whether a cursor of ours stands in the middle of a node, not at its beginning. */
  isWithin(text: string): boolean {
    return (BigInt(text) & CURSOR_MASK) !== 0n
  }

  private from(first: number): ScanPosition | "finished" {
    for (let turn = first; turn < this.turns.length; turn++) {
      const address = this.turns[turn]
      if (this.latest.get(address) === turn) return { address, turn, cursor: "0" }
    }
    return "finished"
  }
}
