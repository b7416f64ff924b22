/** Of replies off: what a stream says first, and the one answer that it asks for at its end. */

/** The server says nothing from here on. */
export const REPLIES_OFF: Buffer = Buffer.from("*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$3\r\nOFF\r\n")

/** Is answered when everything before it has been executed. */
export const REPLIES_ON: Buffer = Buffer.from("*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$2\r\nON\r\n")

const OK = "+OK\r\n"

/** Reads the answer to `REPLIES_ON`. */
export class Farewell {
  private text = ""

  /** Whether it is whole; `undefined` when it is something else. */
  read(chunk: Buffer): boolean | undefined {
    this.text += chunk.toString("latin1")
    return this.text === OK ? true : OK.startsWith(this.text) ? false : undefined
  }
}
