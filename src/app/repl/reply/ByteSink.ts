/**
 * Collects the bytes of a formatted reply: ASCII of our own making, and bytes
 * as the server sent them. Text is turned into bytes in large pieces, so that
 * neither many small pieces nor one that is longer than a string can be cost
 * much.
 */
const PIECE_LENGTH = 64 * 1024

export class ByteSink {
  private readonly pieces: Array<Uint8Array> = []
  /** One character per byte. */
  private pending = ""

  /** ASCII only. */
  ascii(text: string): void {
    this.pending += text
    if (this.pending.length > PIECE_LENGTH) this.flush()
  }

  utf8(text: string): void {
    this.bytes(Buffer.from(text))
  }

  bytes(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.flush()
    this.pieces.push(bytes)
  }

  /** All that was collected. */
  take(): Buffer {
    this.flush()
    return Buffer.concat(this.pieces)
  }

  private flush(): void {
    if (this.pending === "") return
    this.pieces.push(Buffer.from(this.pending, "latin1"))
    this.pending = ""
  }
}

/** Applies `change` to one part of the bytes after another, so that no part's text grows beyond a string. */
export const inParts = (bytes: Uint8Array, change: (part: Uint8Array) => void): void => {
  for (let start = 0; start < bytes.length; start += PIECE_LENGTH) {
    change(bytes.subarray(start, start + PIECE_LENGTH))
  }
}
