/** A command that the proxy has to look into, with its arguments apart. */
import type { CommandEntry } from "./CommandEntry.ts"
import type { RequestScanner } from "./RequestScanner.ts"

export class Command {
  /** Of the subcommand, if there is one; `undefined` for a command that the table does not know. */
  readonly entry: CommandEntry | undefined
  /** Ranges of `bytes`. */
  readonly args: ReadonlyArray<Buffer>
  /** `bytes[start, end)` is the whole command as the protocol has it. */
  readonly bytes: Buffer
  readonly start: number
  readonly end: number

  constructor(
    entry: CommandEntry | undefined,
    args: ReadonlyArray<Buffer>,
    bytes: Buffer,
    start: number,
    end: number
  ) {
    this.entry = entry
    this.args = args
    this.bytes = bytes
    this.start = start
    this.end = end
  }

  /** The command that a scanner has found. */
  static of(scanner: RequestScanner, found: CommandEntry | undefined): Command {
    const args: Array<Buffer> = []
    const { argc, bytes, end, ends, start, starts } = scanner
    for (let index = 0; index < argc; index++) args.push(bytes.subarray(starts[index], ends[index]))
    const subcommand =
      found?.subcommands === undefined || argc < 2
        ? undefined
        : found.subcommands.get(args[1].toString("latin1").toLowerCase())
    return new Command(subcommand ?? found, args, bytes, start, end)
  }

  /** As the table has it; of an unknown command, as the client spells it. */
  get name(): string {
    return this.entry?.name ?? this.text(0)
  }

  /** An argument as text; bytes that are no UTF-8 are replaced. */
  text(index: number): string {
    return this.args[index].toString("utf8")
  }

  /** An argument as a word of the syntax, in upper case; "" when there is none. */
  word(index: number): string {
    return index < this.args.length ? this.args[index].toString("latin1").toUpperCase() : ""
  }

  /** Whether there are as many arguments as the server demands. */
  get hasItsArity(): boolean {
    const arity = this.entry?.spec.arity ?? -1
    return arity > 0 ? this.args.length === arity : this.args.length >= -arity
  }
}
