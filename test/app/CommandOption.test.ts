import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as fc from "fast-check"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { normalise } from "../../src/app/Argv.ts"
import {
  choiceOption,
  flagOption,
  redactedOption,
  repeatedOption,
  textOption
} from "../../src/app/CommandOption.ts"
import type { CommandEntry } from "../../src/app/OptionTable.ts"
import { parseCommand, PROGRAM_NAME } from "../../src/app/Program.ts"
import { durationOption, integerOption, sizeOption } from "../../src/app/RangedOption.ts"
import { GIBIBYTE, MEBIBYTE } from "../../src/app/Size.ts"

const description = "d"
const options = {
  count: integerOption({ name: "count", alias: "n", min: 1, max: 536_870_912, default: 512, description }),
  seed: integerOption({ name: "seed", min: 0, description }),
  data: sizeOption({ name: "data", alias: "d", min: 1, bareUnit: GIBIBYTE, description }),
  rate: sizeOption({ name: "rate", min: 1, max: MEBIBYTE, default: 4096, description }),
  ttl: durationOption({ name: "ttl", min: "1 millis", description }),
  wait: durationOption({ name: "wait", min: "1 millis", max: "1 minute", default: "5 seconds", description }),
  replies: choiceOption({ name: "replies", choices: ["on", "off"], default: "on", description }),
  host: repeatedOption({ name: "host", alias: "h", description }),
  name: textOption({ name: "name", description }),
  password: redactedOption({ name: "password", alias: "a", otherNames: ["pass"], description }),
  flush: flagOption({ name: "flush", alias: "f", description }),
  words: Args.repeated(Args.text({ name: "WORD" }))
}
type Given = Command.Command.ParseConfig<typeof options>
let given: Given | undefined
const trial = Command.make("trial", options, (parsed) =>
  Effect.sync(() => {
    given = parsed
  })
)
const entry: CommandEntry = {
  name: "trial",
  words: "after --",
  options: [
    ...["count/n", "seed", "data/d", "rate", "ttl", "wait", "name"].map((names) => {
      const [name, alias] = names.split("/")
      return { name, takes: "value" as const, ...(alias === undefined ? {} : { alias }) }
    }),
    { name: "password", alias: "a", otherNames: ["pass"], takes: "value" },
    { name: "host", alias: "h", takes: "values" },
    { name: "replies", takes: "value", choices: ["on", "off"] },
    { name: "flush", alias: "f", takes: "flag" }
  ]
}
const root = Command.make(PROGRAM_NAME).pipe(Command.withSubcommands([trial]))

const parse = (...argv: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const normalised = normalise(["trial", ...argv], { commands: [entry] })
    if (normalised.error !== undefined) return yield* normalised.error
    yield* root.handler(yield* parseCommand(root, normalised.argv))
    return yield* Effect.fromNullable(given)
  }).pipe(Effect.provide(NodeContext.layer))

const refusal = (...argv: ReadonlyArray<string>) =>
  Effect.map(Effect.either(parse(...argv)), (result) =>
    Either.isLeft(result) ? result.left.message : "accepted"
  )

describe("CommandOption", () => {
  it.effect("defaults", () =>
    Effect.gen(function* () {
      expect(yield* parse()).toEqual({
        count: 512,
        seed: Option.none(),
        data: Option.none(),
        rate: 4096,
        ttl: Option.none(),
        wait: Duration.seconds(5),
        replies: "on",
        host: [],
        name: Option.none(),
        password: Option.none(),
        flush: false,
        words: []
      })
    })
  )

  it.effect("values", () =>
    Effect.gen(function* () {
      const argv =
        "-n7 --seed 9007199254740991 -d 0.5 --rate=1KB --ttl 2m --wait .5s --replies off -h a -hb -f"
      expect(yield* refusal(...argv.split(" "))).toContain("--wait: '.5s' is not a duration")
      expect(yield* parse(...argv.replace(".5s", "0.5s").split(" "))).toMatchObject({
        count: 7,
        seed: Option.some(Number.MAX_SAFE_INTEGER),
        data: Option.some(GIBIBYTE / 2),
        rate: 1024,
        ttl: Option.some(Duration.minutes(2)),
        wait: Duration.millis(500),
        replies: "off",
        host: ["a", "b"],
        flush: true
      })
    })
  )

  it.effect.each([
    ["--count", "abc", "--count: 'abc' is not a whole number; allowed: 1 to 536870912"],
    ["--count", "1.5", "--count: '1.5' is not a whole number; allowed: 1 to 536870912"],
    ["--count", "1e3", "--count: '1e3' is not a whole number; allowed: 1 to 536870912"],
    ["--count", "", "--count: '' is not a whole number; allowed: 1 to 536870912"],
    ["--count", "0", "--count: '0' is out of range; allowed: 1 to 536870912"],
    ["-n", "-5", "--count: '-5' is out of range; allowed: 1 to 536870912"],
    ["--count", "536870913", "--count: '536870913' is out of range; allowed: 1 to 536870912"],
    [
      "--seed",
      "9007199254740992",
      "--seed: '9007199254740992' is out of range; allowed: 0 to 9007199254740991"
    ],
    [
      "-d",
      "abc",
      "--data: 'abc' is not a size; allowed: 1 byte or more, as 500MB or 2GB (a bare number is GiB)"
    ],
    [
      "-d",
      "0",
      "--data: '0' is out of range; allowed: 1 byte or more, as 500MB or 2GB (a bare number is GiB)"
    ],
    ["--rate", "2MB", "--rate: '2MB' is out of range; allowed: 1 byte to 1 MiB, as 500MB or 2GB"],
    [
      "--wait",
      "2m",
      "--wait: '2m' is out of range; allowed: 1ms to 1m, as 500ms, 5s or 2m (a bare number is seconds)"
    ],
    ["--replies", "maybe", "--replies: 'maybe' is not one of its values; allowed: on, off"],
    ["--count", "a\nb", "--count: 'a?b' is not a whole number; allowed: 1 to 536870912"]
  ])("%s %s is refused by name", ([option, value, message]) =>
    Effect.gen(function* () {
      expect(yield* refusal(option, value)).toBe(message)
    })
  )

  it.effect("of several bad options the first is named, in one line", () =>
    Effect.gen(function* () {
      expect(yield* refusal("--rate", "x", "--count", "x", "--wait", "x")).toBe(
        "--count: 'x' is not a whole number; allowed: 1 to 536870912"
      )
    })
  )

  it.effect("what @effect/cli makes of normalised arguments is what was given, byte by byte", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(
          fc.fullUnicodeString(),
          fc.fullUnicodeString(),
          fc.array(fc.fullUnicodeString(), { maxLength: 4 }),
          fc.array(
            fc.oneof(fc.constantFrom("--", "--host", "-f", "trial", "--help"), fc.fullUnicodeString()),
            {
              maxLength: 4
            }
          ),
          async (name, password, hosts, words) => {
            const argv = [
              `--name=${name}`,
              "-a",
              password,
              ...hosts.flatMap((host) => ["--host", host]),
              "--flush",
              "--",
              ...words
            ]
            const parsed = await Effect.runPromise(parse(...argv))
            expect(parsed.name).toEqual(Option.some(name))
            expect(Redacted.value(Option.getOrThrow(parsed.password))).toBe(password)
            expect(parsed.host).toEqual(hosts)
            expect(parsed.flush).toBe(true)
            expect(parsed.words).toEqual(words)
          }
        ),
        {
          numRuns: 300,
          examples: [
            ["--", "--", ["--", " a "], ["--"]],
            ["", "", ["", ""], ["", " "]],
            ["--host", "--name", ["--password", "--flush"], ["trial"]]
          ]
        }
      )
    )
  )
})
