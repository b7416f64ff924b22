/**
 * Commands of one client go by several lanes, each a connection to a node of its
 * own, and between two connections there is no order: what goes by another lane
 * than the last waits until that has been answered.
 */
import type { Lane } from "../upstream/Flavor.ts"
import type { CommandFeed } from "./CommandFeed.ts"
import type { ReplyQueue } from "./ReplyQueue.ts"

export class LaneOrder {
  private readonly queue: ReplyQueue
  private readonly feed: CommandFeed
  private lane: Lane | undefined

  constructor(queue: ReplyQueue, feed: CommandFeed) {
    this.queue = queue
    this.feed = feed
  }

  /** No command is under way in a lane of its own. */
  get isOrdinary(): boolean {
    return this.lane === undefined
  }

  /** Runs `action`, which sends a command in this lane. */
  enter(lane: Lane, action: () => void): void {
    if (this.lane === lane || this.queue.length === 0) {
      this.lane = lane
      return action()
    }
    this.feed.afterDrained(() => {
      this.lane = lane
      action()
      this.feed.release()
    })
  }

  /** Back to the ordinary lane: at once (true), or later, and then `action` is run. */
  leave(action: () => void): boolean {
    const isFree = this.lane === undefined || this.queue.length === 0
    if (isFree) this.lane = undefined
    else
      this.feed.afterDrained(() => {
        this.lane = undefined
        action()
      })
    return isFree
  }
}
