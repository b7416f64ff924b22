/**
 * The scripts that clients have taught the proxy, by their digest: a master that
 * has been promoted, or never heard of one, is taught it when it answers NOSCRIPT.
 * What has not been used for longest is forgotten when there are too many.
 */
import { createHash } from "node:crypto"

const MAX_SCRIPTS = 1000
const MAX_BYTES = 16 * 1024 * 1024

export class ScriptMemory {
  /** The one used last comes last. */
  private readonly scripts = new Map<string, Buffer>()
  private bytes = 0

  learn(body: Uint8Array): void {
    const digest = createHash("sha1").update(body).digest("hex")
    const known = this.scripts.get(digest)
    if (known !== undefined) {
      this.scripts.delete(digest)
      this.scripts.set(digest, known)
      return
    }
    // A copy: what came from a client lies in a chunk that may be much larger.
    this.scripts.set(digest, Buffer.from(body))
    this.bytes += body.length
    for (const [oldest, script] of this.scripts) {
      if (this.scripts.size <= MAX_SCRIPTS && this.bytes <= MAX_BYTES) break
      this.scripts.delete(oldest)
      this.bytes -= script.length
    }
  }

  get(digest: string): Buffer | undefined {
    return this.scripts.get(digest.toLowerCase())
  }

  forgetAll(): void {
    this.scripts.clear()
    this.bytes = 0
  }
}
