/** Completion scripts for shells: those of @effect/cli 0.77.2, with what is wrong in them put right. */
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"

export type Shell = "bash" | "fish" | "zsh"

/** @param program the name that the scripts complete */
export const completionScript = <Name extends string, R, E, A>(
  root: Command.Command<Name, R, E, A>,
  program: string,
  shell: Shell
): Effect.Effect<string> => {
  switch (shell) {
    case "bash":
      return Effect.map(Command.getBashCompletions(root, program), (lines) =>
        withCommandNames(lines.map(withoutHelpLetterInBash).map(withSeparateChoices), program).join("\n")
      )
    case "zsh":
      return Effect.map(Command.getZshCompletions(root, program), (lines) =>
        withCommandNames(
          lines.filter((line) => !line.includes(`'-h[${HELP}`)),
          program
        ).join("\n")
      )
    case "fish":
      return Effect.map(Command.getFishCompletions(root, program), (lines) =>
        lines.map((line) => line.replace(" -s h -l help ", " -l help ")).join("\n")
      )
  }
}

/** The description of @effect/cli's own `--help`. */
const HELP = "Show the help documentation"

/** The scripts know a program with a dash by two names, and so would complete no option of its commands. */
const withCommandNames = (lines: ReadonlyArray<string>, program: string): ReadonlyArray<string> =>
  lines.map((line) => line.replaceAll(program.replaceAll("-", "__"), program))

/** `-h` stands there for help; it is the host, in commands that have one. */
const withoutHelpLetterInBash = (line: string): string => {
  const match = /^(\s*opts=")(.*)"$/.exec(line)
  if (match === null) return line
  const words = match[2].split(" ").filter((word) => word !== "-h")
  return `${match[1]}${[...(words.includes("--host") ? ["-h"] : []), ...words].join(" ")}"`
}

/** Choices come joined by commas, which bash takes for one word. */
const withSeparateChoices = (line: string): string =>
  line.replace(/(compgen -W ")([^"$]+)(")/, (_, before: string, choices: string, after: string) =>
    [before, choices.replaceAll(",", " "), after].join("")
  )
