/** Looks on as a client and its server talk: counts, and puts the tunnel's ports in the place of the nodes'. Kernel. */
import type { SpliceHandle, SpliceWatch } from "../Splice.ts"
import { ExpectedReplies } from "./ExpectedReplies.ts"
import { ReplyRewriter, type Viewpoint } from "./ReplyRewriter.ts"
import { RequestWatch } from "./RequestWatch.ts"
import type { NodeTraffic } from "./TrafficMeter.ts"

/** Without a viewpoint nothing is rewritten, without a traffic nothing is counted. */
export const watchTraffic = (
  viewpoint: Viewpoint | undefined,
  traffic: NodeTraffic | undefined,
  { give, released }: SpliceHandle
): SpliceWatch => {
  const expected = new ExpectedReplies()
  const requests = new RequestWatch(expected, traffic)
  const replies = new ReplyRewriter(expected, viewpoint, {
    give,
    onReleased: released,
    onRedirection: (kind) => traffic?.redirected(kind),
    onReply: (oldest, isError) => traffic?.end(oldest, isError)
  })
  return {
    asked: (chunk) => {
      traffic?.received(chunk.length)
      requests.push(chunk)
    },
    answered: (chunk) => {
      traffic?.sent(chunk.length)
      replies.push(chunk)
    },
    get isIdle() {
      return expected.isEmpty
    },
    get isHolding() {
      return replies.isHolding
    }
  }
}
