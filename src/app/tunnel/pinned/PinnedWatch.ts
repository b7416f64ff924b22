/** Looks on as a client and its node talk, and puts the tunnel's ports in the place of the nodes'. Kernel. */
import type { SpliceHandle, SpliceWatch } from "../Splice.ts"
import { ExpectedReplies } from "./ExpectedReplies.ts"
import { ReplyRewriter, type Viewpoint } from "./ReplyRewriter.ts"
import { RequestWatch } from "./RequestWatch.ts"

export const watchPinned = (viewpoint: Viewpoint, { give, released }: SpliceHandle): SpliceWatch => {
  const expected = new ExpectedReplies()
  const requests = new RequestWatch(expected)
  const replies = new ReplyRewriter(expected, viewpoint, {
    give,
    onReleased: released,
    onRedirection: () => {}
  })
  return {
    asked: (chunk) => requests.push(chunk),
    answered: (chunk) => replies.push(chunk),
    get isIdle() {
      return expected.isEmpty
    },
    get isHolding() {
      return replies.isHolding
    }
  }
}
