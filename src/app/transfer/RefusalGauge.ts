/**
 * Tells a refusal now and then from a node that refuses nearly everything: a
 * level per node that rises with each key refused and falls with each key
 * acknowledged. A server at its memory limit still takes a write here and there.
 */
export class RefusalGauge {
  private readonly limit: number
  private readonly levels = new Map<string, number>()

  /** @param bytesPerKey of the keys and values that are refused: many bytes reach the limit sooner */
  constructor(bytesPerKey: number) {
    this.limit = Math.max(MIN_KEYS, Math.min(MAX_KEYS, Math.floor(MAX_BYTES / bytesPerKey)))
  }

  acknowledge(node: string, keys: number): void {
    const level = this.levels.get(node)
    if (level !== undefined) this.levels.set(node, Math.max(0, level - keys))
  }

  /** True when the node has refused so much that it is of no use to go on. */
  refuse(node: string, keys: number): boolean {
    const level = (this.levels.get(node) ?? 0) + keys
    this.levels.set(node, level)
    return level >= this.limit
  }
}

const MIN_KEYS = 4
const MAX_KEYS = 1000
const MAX_BYTES = 64 * 1024 * 1024
