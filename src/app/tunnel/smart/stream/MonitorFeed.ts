/**
 * What MONITOR shows: each command of the proxy's clients once, as the client said
 * it, when it is executed. Commands that reach the cluster by other ways are not
 * shown, except what scripts do.
 */
import { UnderWay } from "../client/UnderWay.ts"
import { countdown } from "../Countdown.ts"
import type { Command } from "../request/Command.ts"
import { monitorLine } from "./MonitorLine.ts"

/** A client, as far as it matters here. */
export interface Monitored {
  /** `address`: `host:port`. */
  readonly profile: { readonly address: string }
}

export interface MonitorListener {
  readonly client: Monitored
  /** A line of the feed. */
  push(chunk: Buffer, start: number, end: number): void
  /** Calls back when it has what scripts have done so far. */
  catchUp(done: () => void): void
}

export class MonitorFeed {
  private readonly monitors = new Set<MonitorListener>()
  /** A MONITOR that the masters have not agreed to yet: what scripts do would not be told. */
  readonly starting = new UnderWay()
  private readonly onChange: () => void

  /** `onChange` is called when the first monitor comes, and when the last one leaves. */
  constructor(onChange: () => void) {
    this.onChange = onChange
  }

  /** Somebody monitors: every command has to be looked at. */
  get isOn(): boolean {
    return this.monitors.size > 0
  }

  add(monitor: MonitorListener): void {
    this.monitors.add(monitor)
    if (this.monitors.size === 1) this.onChange()
  }

  delete(monitor: MonitorListener): void {
    if (this.monitors.delete(monitor) && this.monitors.size === 0) this.onChange()
  }

  /** Calls back when what scripts have done so far is shown. */
  catchUp(done: () => void): void {
    const one = countdown(this.monitors.size, done)
    for (const monitor of this.monitors) monitor.catchUp(one)
  }

  /** The client's command is executed now. What administrates the server is not shown. */
  show(client: Monitored, command: Command): void {
    if (this.monitors.size === 0 || command.entry === undefined || command.entry.spec.admin) return
    const line = monitorLine(command, client.profile.address)
    for (const monitor of this.monitors) {
      // Who says RESET monitors no more when that is shown.
      if (monitor.client !== client || command.entry.name !== "reset") monitor.push(line, 0, line.length)
    }
  }
}
