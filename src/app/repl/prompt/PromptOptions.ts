/** What `:set` changes at a prompt. Pure. */
import { CSV, JSON_FORMAT, QUOTED_JSON, RAW, type ReplyFormat, TEXT } from "../reply/ReplyFormat.ts"

export interface PromptOptions {
  readonly format: ReplyFormat
  /** Long replies go to $PAGER. */
  readonly pager: boolean
  readonly hints: boolean
  readonly colours: boolean
}

const FORMATS: Readonly<Record<string, ReplyFormat>> = {
  text: TEXT,
  raw: RAW,
  csv: CSV,
  json: JSON_FORMAT,
  "quoted-json": QUOTED_JSON
}
const SWITCHES = ["pager", "hints", "colours"] as const
const OTHER_SPELLINGS: Readonly<Record<string, (typeof SWITCHES)[number]>> = {
  colors: "colours",
  hint: "hints"
}

export const OPTION_VALUES: Readonly<Record<string, ReadonlyArray<string>>> = {
  format: Object.keys(FORMATS),
  pager: ["on", "off"],
  hints: ["on", "off"],
  colours: ["on", "off"]
}

/** The options changed, or what is to be said of words that change none. */
export const setOption = (options: PromptOptions, words: ReadonlyArray<string>): PromptOptions | string => {
  const [name, value = isSwitch(words[0]) ? "on" : undefined, ...others] = words
  if (name === undefined) return optionsText(options)
  // As redis-cli has it: hints, nohints.
  if (words.length === 1 && name.startsWith("no") && isSwitch(name.slice(2))) {
    return setOption(options, [name.slice(2), "off"])
  }
  const option: string = OTHER_SPELLINGS[name] ?? name
  if (!Object.hasOwn(OPTION_VALUES, option)) {
    return `:set: there is no option '${name}'; there are ${Object.keys(OPTION_VALUES).join(", ")}`
  }
  if (value === undefined || others.length > 0 || !OPTION_VALUES[option].includes(value)) {
    return `:set ${option}: takes one of ${OPTION_VALUES[option].join(", ")}`
  }
  return option === "format"
    ? { ...options, format: FORMATS[value] }
    : { ...options, [option]: value === "on" }
}

const isSwitch = (name: string | undefined): boolean =>
  SWITCHES.some((each) => each === name || each === OTHER_SPELLINGS[name ?? ""])

const optionsText = (options: PromptOptions): string =>
  [
    `format   ${formatName(options.format)}`,
    ...SWITCHES.map((name) => `${name.padEnd(8)} ${options[name] ? "on" : "off"}`)
  ].join("\n")

const formatName = (format: ReplyFormat): string =>
  format.kind === "json" ? (format.strings === "escaped" ? "quoted-json" : "json") : format.kind
