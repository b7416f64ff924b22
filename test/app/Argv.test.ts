import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { type CommandNames, normalise } from "../../src/app/Argv.ts"
import { COMMANDS, type CommandEntry, VALUE_SEPARATOR } from "../../src/app/OptionTable.ts"

/** The one command whose words are data from the first on. */
const cli: CommandEntry = COMMANDS.find(({ name }) => name === "cli")!
const names: CommandNames = { commands: COMMANDS }
const listed = names.commands.map(({ name }) => name).join(", ")

const argvOf = (...argv: ReadonlyArray<string>): ReadonlyArray<string> => {
  const normalised = normalise(argv, names)
  expect(normalised.error).toBe(undefined)
  return normalised.argv
}
const errorOf = (...argv: ReadonlyArray<string>): string =>
  normalise(argv, names).error?.message ?? "no error"

describe("Argv", () => {
  it("-h is the host and --help is help", () => {
    expect(argvOf("fill", "-h", "example")).toEqual(["fill", "--host", "example"])
    expect(normalise(["fill", "-h", "example", "--help"], names).builtIn).toBe("help")
    expect(errorOf("fill", "-h")).toContain("for help use --help")
    expect(errorOf("-h")).toContain("--help")
  })

  it("takes values that are attached to a letter", () => {
    expect(argvOf("fill", "-hx", "-p7000", "-d5")).toEqual([
      "fill",
      "--host",
      "x",
      "--port",
      "7000",
      "--data",
      "5"
    ])
  })

  it("takes clustered flags, the last of which may have a value", () => {
    expect(argvOf("fill", "-cft")).toEqual(["fill", "--cluster", "--flush", "--tls"])
    expect(argvOf("fill", "-cd", "5")).toEqual(["fill", "--cluster", "--data", "5"])
    expect(argvOf("fill", "-cd5")).toEqual(["fill", "--cluster", "--data", "5"])
  })

  it("takes long options with = and joins the values of a repeated one", () => {
    expect(argvOf("fill", "--host=a", "-h", "b", "--port=7000")).toEqual([
      "fill",
      "--host",
      `a${VALUE_SEPARATOR}b`,
      "--port",
      "7000"
    ])
    expect(argvOf("fill", "--url=redis://x?a=b")).toEqual(["fill", "--url", "redis://x?a=b"])
    expect(argvOf("fill", "--host=")).toEqual(["fill", "--host", ""])
  })

  it("the word after an option is its value, whatever it looks like", () => {
    expect(argvOf("fill", "-a", "-x")).toEqual(["fill", "--password", "-x"])
    expect(argvOf("fill", "-a", "--tls", "-t")).toEqual(["fill", "--password", "--tls", "--tls"])
    expect(argvOf("fill", "-d", "-5")).toEqual(["fill", "--data", "-5"])
    expect(argvOf("fill", "-a", "--", "-t")).toEqual(["fill", "--password=--", "--tls"])
    expect(argvOf("fill", "-a", "--help")).toEqual(["fill", "--password", "--help"])
  })

  it("knows other names", () => {
    expect(argvOf("fill", "--user", "u", "--pass", "p")).toEqual([
      "fill",
      "--username",
      "u",
      "--password",
      "p"
    ])
    expect(argvOf("tunnel", "-t")).toEqual(["tunn", "--tls"])
  })

  it("everything from cli's first word on is data", () => {
    const words = ["SET", "-c", "--help", "-h", "--", "--json"]
    expect(argvOf("cli", "-h", "x", "-c", ...words)).toEqual([
      "cli",
      "--host",
      "x",
      "--cluster",
      "--",
      ...words
    ])
    expect(normalise(["cli", "GET", "--json"], names)).toMatchObject({ json: false, builtIn: undefined })
    expect(argvOf("cli", "--", "-x", "--tls")).toEqual(["cli", "--", "-x", "--tls"])
  })

  it("everything behind -- is sandbox's command", () => {
    expect(argvOf("sandbox", "--tls", "--", "fill", "-d", "1", "--", "-x")).toEqual([
      "sandbox",
      "--tls",
      "--",
      "fill",
      "-d",
      "1",
      "--",
      "-x"
    ])
    expect(errorOf("sandbox", "fill", "-d", "1")).toContain("a command after --")
    expect(errorOf("fill", "--", "x")).toContain("takes options only")
  })

  it("takes built-in options from anywhere but from values and words", () => {
    expect(normalise(["fill", "--bogus", "--help"], names)).toMatchObject({
      command: "fill",
      builtIn: "help"
    })
    expect(normalise(["--help"], names)).toMatchObject({
      builtIn: "help",
      error: undefined,
      argv: ["--help"]
    })
    expect(normalise(["fill", "-d", "1", "--version"], names).builtIn).toBe("version")
    expect(normalise(["--completions", "bash"], names).argv).toEqual(["--completions", "bash"])
    expect(errorOf("--completions", "tcsh")).toBe(
      "--completions: 'tcsh' is not one of its values; allowed: sh, bash, fish, zsh"
    )
    expect(normalise(["--log-level=debug", "fill", "-d", "1"], names)).toMatchObject({
      logLevel: "debug",
      argv: ["fill", "--data", "1"]
    })
  })

  it("names what is wrong and what is allowed, and never a word that may be secret", () => {
    expect(errorOf()).toBe(`a command is missing. Commands: ${listed}`)
    expect(errorOf("fil", "-d", "1")).toContain("did you mean fill?")
    expect(errorOf("fill", "--value-siz", "3")).toContain("did you mean --value-size?")
    expect(errorOf("fill", "--frobnicate=secret")).toBe(
      "--frobnicate: not an option of fill; fill --help lists them"
    )
    expect(errorOf("fill", "-x")).toBe("-x: not an option of fill; fill --help lists them")
    expect(errorOf("fill", "--port")).toBe("--port: a value is missing")
    expect(errorOf("fill", "--tls=yes")).toBe("--tls: takes no value")
    expect(errorOf("fill", "-a", "one", "-a", "two")).toBe("--password: given more than once; allowed: once")
    expect(errorOf("fill", "-a", "my", "secret")).toBe(
      "fill: takes options only, but a word that belongs to none follows -a; fill --help lists them"
    )
  })

  it("a flag may be given twice", () => {
    expect(argvOf("fill", "-c", "-cc", "--cluster")).toEqual(["fill", "--cluster"])
  })

  it("sees --json, also beside an error", () => {
    expect(normalise(["fill", "--bogus", "--json"], names)).toMatchObject({ json: true })
    expect(normalise(["fill", "-a", "--json"], names)).toMatchObject({ json: false })
  })
})

/** Arguments that are likely to mean something, and any others. */
const argument = fc.oneof(
  fc.constantFrom(
    "fill",
    "cli",
    "sandbox",
    "tunnel",
    "--",
    "-",
    "--help",
    "--json",
    "-h",
    "-cft",
    "-cd",
    "-a",
    "-p7"
  ),
  fc.constantFrom(...cli.options.map(({ name }) => `--${name}`)),
  fc
    .constantFrom(...cli.options.map(({ name }) => `--${name}=`))
    .chain((option) => fc.string().map((value) => option + value)),
  fc.string(),
  fc.fullUnicodeString()
)

describe("Argv properties", () => {
  it("never throws, errors are one line, and normalising again changes nothing", () => {
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 12 }), (argv) => {
        const once = normalise(argv, names)
        expect(once.error?.message ?? "").not.toMatch(/[\r\n]/)
        if (once.error !== undefined) return
        const twice = normalise(once.argv, names)
        expect(twice.error).toBe(undefined)
        expect(twice.argv).toEqual(once.argv)
      }),
      { numRuns: 2000 }
    )
  })

  it("values and words survive byte by byte, in every spelling", () => {
    const valueOptions = cli.options.filter(
      ({ choices, takes }) => takes === "value" && choices === undefined
    )
    const given = fc
      .tuple(fc.constantFrom(...valueOptions), fc.fullUnicodeString(), fc.nat(3))
      .map(([option, value, spelling]) => {
        const attachable = option.alias !== undefined && value !== ""
        const spelled =
          spelling === 0 && attachable
            ? [`-${option.alias}${value}`]
            : spelling === 1 && option.alias !== undefined
              ? [`-${option.alias}`, value]
              : spelling === 2
                ? [`--${option.name}=${value}`]
                : [`--${option.name}`, value]
        return { option, value, spelled }
      })
    fc.assert(
      fc.property(
        fc.uniqueArray(given, { selector: ({ option }) => option.name }),
        fc.array(fc.fullUnicodeString()),
        (options, words) => {
          const normalised = normalise(
            ["cli", ...options.flatMap(({ spelled }) => spelled), "--", ...words],
            names
          )
          expect(normalised.error).toBe(undefined)
          expect(normalised.argv).toEqual([
            "cli",
            ...options.flatMap(({ option, value }) =>
              value === "--" ? [`--${option.name}=--`] : [`--${option.name}`, value]
            ),
            "--",
            ...words
          ])
        }
      ),
      { numRuns: 1000 }
    )
  })
})
