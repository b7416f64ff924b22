/** What Tab offers: names, options and keys, spelled as the person spells. */
import * as Effect from "effect/Effect"
import { quoted } from "../../Quoting.ts"
import { OPTION_VALUES } from "./PromptOptions.ts"
import { type LineContext, type LineReading, readLine } from "./syntax/LineReading.ts"

export interface CompletionContext extends LineContext {
  /** Names of keys that begin so; as many as can be had at once. */
  readonly keys: (prefix: Buffer) => Effect.Effect<ReadonlyArray<Buffer>>
  /** Names of the server's settings. */
  readonly parameters: Effect.Effect<ReadonlyArray<string>>
}

export type Completed = readonly [candidates: ReadonlyArray<string>, replaced: string]

const META = [":history", ":set"]

export const complete = (line: string, context: CompletionContext): Effect.Effect<Completed> => {
  if (line.startsWith(":")) return Effect.succeed(completeMeta(line))
  const reading = readLine(line, context)
  const replaced = reading.current === undefined ? "" : line.slice(reading.current.start)
  const typed = reading.current?.value ?? Buffer.alloc(0)
  const offered = (words: ReadonlyArray<string>): ReadonlyArray<string> =>
    words
      .map((word) => `${asTyped(word, typed.toString())} `)
      .filter((word) => word.toLowerCase().startsWith(replaced.toLowerCase()))
  const words = offered(wordsFor(reading, typed.toString(), context))
  const { candidates } = reading
  if (candidates._tag !== "Arguments") return Effect.succeed([words, replaced])
  if (candidates.isParameter) {
    return Effect.map(context.parameters, (names) => [[...words, ...offered(names)], replaced])
  }
  if (!candidates.isKey) return Effect.succeed([words, replaced])
  return Effect.map(context.keys(typed), (keys) => [
    [...words, ...keys.map((key) => spelled(key, reading.current?.quote)).sort()],
    replaced
  ])
}

const wordsFor = (
  { candidates, words }: LineReading,
  typed: string,
  { names }: CompletionContext
): ReadonlyArray<string> => {
  switch (candidates._tag) {
    case "Commands": {
      const isAfterPrefix = words.length > 1
      const others = isAfterPrefix
        ? ["explain"]
        : [...names.builtins.filter((name) => name !== "@"), ...OWN_WORDS, ...TARGETS]
      return [...names.commands(typed), ...others.filter((word) => word.startsWith(typed.toLowerCase()))]
    }
    case "Subcommands":
      return names.subcommands(candidates.container, typed)
    case "Arguments":
      return candidates.tokens
  }
}

const OWN_WORDS = ["help", "clear", "exit", "quit"]
const TARGETS = ["@all", "@masters", "@replicas"]

/** In lower case after lower case. */
const asTyped = (word: string, typed: string): string =>
  typed !== "" && typed === typed.toLowerCase() && /[a-z]/.test(typed) ? word.toLowerCase() : word

/** A key as a word: as it is where that reads back, otherwise between quotes. */
const spelled = (key: Buffer, quote: string | undefined): string => {
  const text = key.toString()
  const isPlain = /^[^\s"'\\\u0000-\u001f\u007f\ufffd]+$/.test(text)
  return isPlain && quote === undefined ? text : quoted(key)
}

/** `:set NAME VALUE` */
const completeMeta = (line: string): Completed => {
  const words = line.split(/ +/)
  const typed = words[words.length - 1]
  const offered =
    words.length === 1
      ? META
      : words[0] === ":set" && words.length === 2
        ? Object.keys(OPTION_VALUES)
        : words[0] === ":set" && words.length === 3
          ? (OPTION_VALUES[words[1]] ?? [])
          : []
  return [offered.filter((word) => word.startsWith(typed)).map((word) => `${word} `), typed]
}
