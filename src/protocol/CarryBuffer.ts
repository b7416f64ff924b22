/**
 * Bytes carried from one chunk to the next: the part of a line or bulk string
 * that a chunk cut off. Grows by doubling with what has arrived, so copying
 * stays linear and an announced length costs nothing until its bytes come.
 */
const INITIAL_BYTES = 256

export class CarryBuffer {
  private bytes: Buffer = EMPTY
  length = 0

  /** Appends `chunk[start, end)`; `most` is what the content can come to. */
  append(chunk: Buffer, start: number, end: number, most: number): void {
    const total = this.length + end - start
    if (total > this.bytes.length) {
      const capacity = Math.max(total, Math.min(Math.max(total * 2, INITIAL_BYTES), most))
      const grown = Buffer.allocUnsafeSlow(capacity)
      this.bytes.copy(grown, 0, 0, this.length)
      this.bytes = grown
    }
    chunk.copy(this.bytes, this.length, start, end)
    this.length = total
  }

  at(index: number): number {
    return this.bytes[index]
  }

  /** Hands out the first `length` bytes, which are the caller's from here on, and is empty again. */
  take(length: number): Buffer {
    const content = this.bytes.subarray(0, length)
    this.clear()
    return content
  }

  clear(): void {
    this.bytes = EMPTY
    this.length = 0
  }
}

const EMPTY: Buffer = Buffer.alloc(0)
