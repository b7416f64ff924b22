/** What commands have told single connections of a session to be, so that a new one can be told the same. Plain and mutable. */
import { type CommandArguments, utf8 } from "../../../protocol/Resp.ts"

export interface ConnectionSetting {
  /** The command that sets it: CLIENT TRACKING, CLIENT NO-EVICT, ... */
  readonly name: string
  /** As on a new connection. */
  readonly isOff: boolean
}

export const TRACKING = "CLIENT TRACKING"

export class ConnectionSettings {
  /** By node, then by name. */
  private readonly nodes = new Map<string, Map<string, ReadonlyArray<CommandArguments>>>()

  /** The node has said yes to the command. One that was said before (CLIENT TRACKING with another prefix) still holds. */
  keep(node: string, { isOff, name }: ConnectionSetting, command: CommandArguments): void {
    const settings = this.nodes.get(node) ?? new Map<string, ReadonlyArray<CommandArguments>>()
    const others = (settings.get(name) ?? []).filter((other) => textOf(other) !== textOf(command))
    if (isOff) settings.delete(name)
    else settings.set(name, [...others, command])
    this.nodes.set(node, settings)
  }

  /** What a new connection to the node is to be told. */
  of(node: string): ReadonlyArray<CommandArguments> {
    return [...(this.nodes.get(node)?.values() ?? [])].flat()
  }

  isTracking(node: string): boolean {
    return this.nodes.get(node)?.has(TRACKING) === true
  }

  clear(): void {
    this.nodes.clear()
  }
}

const textOf = (command: CommandArguments): string =>
  command.map((word) => (typeof word === "object" ? utf8(word) : String(word)).toUpperCase()).join(" ")
