/** What may hold a stream back before it sends a group. Plain calls: they are made for every group. */
export interface Brake {
  /** Whether a group of so many keys may go now. */
  readonly allows: (keys: number) => boolean
  /** It goes. */
  readonly pass: (keys: number) => void
  /** Calls back, once, when it is worth asking again for so many. */
  readonly wait: (keys: number, resume: () => void) => void
}

/** Holds whoever one of them holds. */
export const bothBrakes = (first: Brake, second: Brake): Brake => ({
  allows: (keys) => first.allows(keys) && second.allows(keys),
  pass: (keys) => {
    first.pass(keys)
    second.pass(keys)
  },
  wait: (keys, resume) => (first.allows(keys) ? second : first).wait(keys, resume)
})
