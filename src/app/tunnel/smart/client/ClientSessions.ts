/** The states that a client is in, one of each kind at most. */
import type { ClientSession } from "./ClientSession.ts"

export class ClientSessions {
  /** WATCH or MULTI. */
  transaction: ClientSession | undefined
  subscription: ClientSession | undefined
  monitor: ClientSession | undefined
  tracking: ClientSession | undefined

  /** Whether one of them has to see the next command. In RESP3 a subscriber may say everything. */
  mayIntercept(protocol: 2 | 3): boolean {
    return (
      this.transaction !== undefined ||
      (this.subscription !== undefined && protocol === 2) ||
      this.monitor !== undefined ||
      this.tracking?.hasCaching === true
    )
  }

  /** Gives up what they hold, as RESET does. */
  end(): void {
    for (const session of [this.transaction, this.subscription, this.monitor, this.tracking]) session?.end()
    this.transaction = this.subscription = this.monitor = this.tracking = undefined
  }
}
