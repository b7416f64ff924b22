/**
 * A command with places for what changes: `{k}` a key of the data set, `{v}`
 * that key's value, `{i}` its number.
 *
 * Rendered in buffers of its caller's own, in which only what differs from key
 * to key is written, since arguments must stay as they are until the command is
 * answered.
 */
import type { DataSet, DataSetOptions } from "../../dataset/DataSet.ts"
import { splitWords } from "../Words.ts"
import type { CommandArgument, CommandArguments } from "../../protocol/Resp.ts"

/** The words of a template, quoted as in redis-cli; `undefined` when the quotes are not balanced or there is no word. */
export const templateWords = (template: string): ReadonlyArray<Buffer> | undefined => {
  const words = splitWords(template)
  return words === undefined || words.length === 0 ? undefined : words
}

/** A command in buffers of its own. */
export interface RenderedCommand {
  readonly args: CommandArguments
  /** Makes it the command for key `index`. */
  render(index: number): void
}

type Placeholder = "k" | "v" | "i"

/** A part of a word. */
type Part = { readonly text: string } | { readonly placeholder: Placeholder }

/** Writes what is another's for every key. */
type Patch = (index: number) => void

export class CommandTemplate {
  private readonly words: ReadonlyArray<ReadonlyArray<Part>>
  private readonly dataSet: DataSet
  /** Digits of `{i}`, so that its length does not change. */
  private readonly digits: number

  /** @param keys indexes are below this */
  constructor(words: ReadonlyArray<Uint8Array>, dataSet: DataSet, keys: number) {
    this.words = words.map(partsOf)
    this.dataSet = dataSet
    this.digits = digitsOf(keys)
  }

  make(): RenderedCommand {
    const patches: Array<Patch> = []
    const args = this.words.map((parts, position) => this.argument(parts, position, patches))
    return {
      args,
      render: (index) => {
        for (let patch = 0; patch < patches.length; patch++) patches[patch](index)
      }
    }
  }

  private argument(parts: ReadonlyArray<Part>, position: number, patches: Array<Patch>): CommandArgument {
    const bytes = Buffer.alloc(this.lengthOf(parts))
    let offset = 0
    for (const part of parts) {
      if ("text" in part) bytes.write(part.text, offset, "latin1")
      else patches.push(this.place(part.placeholder, bytes, offset))
      offset += this.lengthOf([part])
    }
    // The client looks commands up by name, and is quickest with text.
    return position === 0 && isConstant(parts) ? bytes.toString("utf8") : bytes
  }

  private place(placeholder: Placeholder, bytes: Buffer, offset: number): Patch {
    const { dataSet, digits } = this
    switch (placeholder) {
      case "k":
        dataSet.renderKey(0, bytes, offset)
        return (index) => dataSet.patchKey(index, bytes, offset)
      case "v":
        dataSet.renderValue(0, bytes, offset)
        return (index) => dataSet.patchValue(index, bytes, offset)
      case "i":
        return (index) => bytes.write(String(index).padStart(digits, "0"), offset, "latin1")
    }
  }

  private lengthOf(parts: ReadonlyArray<Part>): number {
    return lengthOf(parts, this.dataSet, this.digits)
  }

  /** Bytes that a command under way holds. */
  static heldBytes(words: ReadonlyArray<Uint8Array>, dataSet: DataSetOptions, keys: number): number {
    return lengthOf(words.flatMap(partsOf), dataSet, digitsOf(keys))
  }
}

const lengthOf = (
  parts: ReadonlyArray<Part>,
  { keySize, valueSize }: DataSetOptions,
  digits: number
): number => {
  const lengths = { k: keySize, v: valueSize, i: digits }
  return parts.reduce((sum, part) => sum + ("text" in part ? part.text.length : lengths[part.placeholder]), 0)
}

const digitsOf = (keys: number): number => String(keys - 1).length

const PLACEHOLDER = /\{([kvi])\}/

const partsOf = (word: Uint8Array): ReadonlyArray<Part> =>
  Buffer.from(word)
    .toString("latin1")
    .split(PLACEHOLDER)
    .map((piece, index): Part => (index % 2 === 0 ? { text: piece } : { placeholder: piece as Placeholder }))
    .filter((part) => !("text" in part) || part.text !== "")

const isConstant = (parts: ReadonlyArray<Part>): boolean => parts.every((part) => "text" in part)
