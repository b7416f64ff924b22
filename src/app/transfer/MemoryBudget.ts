/**
 * How many keys may be sent to each node before its memory is full: never more
 * than there is known to be room for, however fast the streams are. To a node
 * that nothing is known of yet, none.
 */
import type { Brake } from "./Brake.ts"

/** Keys of one node, since the beginning. */
export interface NodeAccount {
  readonly sent: number
  /** Answered, or lost with their connection. */
  readonly settled: number
  /** Of the group that waits for room; 0 when none does. */
  readonly waitingFor: number
}

/** Who sends, and is told how much it may: streams of this process, or of another one. */
export interface BudgetHolder {
  readonly account: (address: string) => NodeAccount
  /** The keys that may have been sent to the node in all, from now on. */
  readonly grant: (address: string, limit: number) => void
}

export const NO_ACCOUNT: NodeAccount = { sent: 0, settled: 0, waitingFor: 0 }

interface NodeBudget {
  sent: number
  settled: number
  limit: number
  readonly waiting: Array<{ readonly keys: number; readonly resume: () => void }>
}

export class MemoryBudget implements BudgetHolder {
  private readonly nodes = new Map<string, NodeBudget>()
  private readonly onExhausted: () => void

  /** @param onExhausted a stream waits for room at its node */
  constructor(onExhausted: () => void) {
    this.onExhausted = onExhausted
  }

  /** For the streams of one node. */
  brakeOf(address: string): Brake {
    const node = this.of(address)
    return {
      allows: (keys) => node.sent + keys <= node.limit,
      pass: (keys) => {
        node.sent += keys
      },
      wait: (keys, resume) => {
        node.waiting.push({ keys, resume })
        this.onExhausted()
      }
    }
  }

  settle(address: string, keys: number): void {
    this.of(address).settled += keys
  }

  account(address: string): NodeAccount {
    const node = this.nodes.get(address)
    return node === undefined ? NO_ACCOUNT : accountOf(node)
  }

  accounts(): ReadonlyArray<readonly [address: string, account: NodeAccount]> {
    return Array.from(this.nodes, ([address, node]) => [address, accountOf(node)] as const)
  }

  grant(address: string, limit: number): void {
    const node = this.of(address)
    node.limit = limit
    for (const { resume } of node.waiting.splice(0)) resume()
  }

  private of(address: string): NodeBudget {
    let node = this.nodes.get(address)
    if (node === undefined) this.nodes.set(address, (node = { sent: 0, settled: 0, limit: 0, waiting: [] }))
    return node
  }
}

const accountOf = ({ sent, settled, waiting }: NodeBudget): NodeAccount => ({
  sent,
  settled,
  waitingFor: waiting.length === 0 ? 0 : Math.min(...waiting.map(({ keys }) => keys))
})
