/** What CLIENT INFO and CLIENT LIST say of a client, and its commands can change: kept by the proxy. */
export class ClientProfile {
  readonly id: number
  /** `host:port`. */
  readonly address: string
  readonly localAddress: string
  readonly connectedAt = Date.now()
  name = ""
  libraryName = ""
  libraryVersion = ""
  user = "default"
  protocol: 2 | 3 = 2
  /** When it last said something, as `Date.now()`. */
  lastSpokeAt = Date.now()
  lastCommand = "NULL"
  isNoEvict = false
  isNoTouch = false
  /** A command of it waits on a server, or for the end of a pause. */
  isBlocked = false
  /** On so many connections: WAIT asks every master. */
  blockedConnections = 0
  isMonitor = false
  isTracking = false
  /** With BCAST: the prefixes of the keys that are tracked. */
  trackedPrefixes: ReadonlyArray<string> = []
  /** In a transaction; so many commands are queued. */
  queuedCommands = -1
  channels = 0
  patterns = 0
  shardChannels = 0

  /** The servers are of a version that keeps libraries' names (7.2). */
  readonly knowsLibraries: boolean

  constructor(id: number, address: string, localAddress: string, knowsLibraries: boolean) {
    this.id = id
    this.knowsLibraries = knowsLibraries
    this.address = address
    this.localAddress = localAddress
  }

  get subscriptions(): number {
    return this.channels + this.patterns + this.shardChannels
  }

  /** In the letters of CLIENT LIST. */
  get flags(): string {
    const flags =
      (this.isMonitor ? "O" : "") +
      (this.queuedCommands >= 0 ? "x" : "") +
      (this.isBlocked ? "b" : "") +
      (this.isTracking ? "t" : "") +
      (this.subscriptions > 0 ? "P" : "") +
      (this.isNoEvict ? "e" : "") +
      (this.isNoTouch ? "T" : "")
    return flags === "" ? "N" : flags
  }
}
