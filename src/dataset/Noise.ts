/**
 * Noise that is a pure function of a seed: the filling of keys and values.
 *
 * The generator is sfc32 (PractRand's small fast counter), which no compressor
 * gains anything on. The bytes are the same on every machine: words are stored
 * little-endian whatever the processor's order.
 */

/** The largest seed: 2^53 - 1. */
export const MAX_SEED = Number.MAX_SAFE_INTEGER

/** The low 32 bits of a whole number up to 2^53 - 1, as a signed word. */
export const lowWord = (value: number): number => value | 0

/** The bits above the low 32 of a whole number up to 2^53 - 1. */
export const highWord = (value: number): number => Math.floor(value / 0x1_0000_0000)

/** Tells apart what is made of one seed: keys must not repeat the bytes of values. */
export type NoiseUse = "key" | "value"

/**
 * `size` bytes that no compressor shortens.
 *
 * 512 MiB take about 0.6 s (Node 20).
 */
export const noise = (seed: number, use: NoiseUse, size: number): Buffer => {
  // Not from the pool: the word view needs an aligned start.
  const bytes = Buffer.alloc(Math.ceil(size / 4) * 4)
  fillWords(new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), seed, use, size)
  if (isBigEndian) bytes.swap32()
  return bytes.subarray(0, size)
}

/** 64 printable characters, none of them a brace, a blank or a quote: six bits each. */
export const PRINTABLE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"

/** `size` characters of `PRINTABLE`, one byte each. */
export const printableNoise = (seed: number, use: NoiseUse, size: number): Buffer => {
  const bytes = noise(seed, use, size)
  for (let index = 0; index < bytes.length; index++) bytes[index] = PRINTABLE.charCodeAt(bytes[index] & 63)
  return bytes
}

const isBigEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0

/** sfc32 needs a dozen rounds before its start no longer shows. */
const WARM_UP_ROUNDS = 12

const fillWords = (words: Uint32Array, seed: number, use: NoiseUse, size: number): void => {
  let a = lowWord(seed)
  let b = highWord(seed) ^ (use === "key" ? 0x6b657973 : 0x76616c75)
  let c = size | 0
  let counter = 1
  for (let index = -WARM_UP_ROUNDS; index < words.length; index++) {
    const word = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + word) | 0
    if (index >= 0) words[index] = word
  }
}
