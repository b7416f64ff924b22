/** Which key of the data set a command is for: indexes from 0 to `keys` - 1. */
import { ZipfSampler } from "./ZipfSampler.ts"

export type KeyChoice =
  | { readonly _tag: "Uniform" }
  /** 0, 1, 2, ... and around; workers take turns. */
  | { readonly _tag: "Sequential" }
  /** Key i with a probability proportional to 1 / (i + 1)^exponent; neighbours lie in different slots. */
  | { readonly _tag: "Zipfian"; readonly exponent: number }

/** One of several workers that choose from the same keys. */
export interface WorkerPlace {
  /** From 0. */
  readonly worker: number
  readonly workers: number
}

/** The next index, each time it is called. */
export const makeKeyChooser = (
  choice: KeyChoice,
  keys: number,
  { worker, workers }: WorkerPlace
): (() => number) => {
  switch (choice._tag) {
    case "Uniform":
      return () => Math.floor(Math.random() * keys)
    case "Sequential": {
      let next = worker
      return () => {
        const index = next % keys
        next += workers
        return index
      }
    }
    case "Zipfian": {
      const sampler = new ZipfSampler(keys, choice.exponent)
      return () => sampler.next() - 1
    }
  }
}
