/** How many clients there are, over all the ports of a tunnel, and how many there may be. */
export class ClientCensus {
  private readonly limit: number
  /** Clients that are connected. */
  connected = 0
  /** Clients that have been let in so far. */
  accepted = 0
  /** Clients that were turned away because there were too many. */
  refused = 0

  constructor(limit: number) {
    this.limit = limit
  }

  /** Counts a client in, if it may come in. */
  enter(): boolean {
    if (this.connected >= this.limit) {
      this.refused++
      return false
    }
    this.connected++
    this.accepted++
    return true
  }

  left(): void {
    this.connected--
  }
}
