/** As much of a stream as readline asks for; a key has done what it does when `press` returns. */
import { EventEmitter } from "node:events"

export class KeyInput extends EventEmitter {
  /** One character at a time: several at once readline appends to the line, wherever the cursor is (Node 20). */
  press(keys: string): void {
    for (const character of keys) this.emit("data", Buffer.from(character))
  }

  resume(): this {
    return this
  }

  pause(): this {
    return this
  }
}
