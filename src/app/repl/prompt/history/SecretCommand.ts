/**
 * Commands that carry a secret: they are never written down. When in doubt,
 * this says yes. Pure.
 */
import { scanWords } from "../../../Words.ts"

/** Settings whose values are passwords, or names that go with them. */
const SECRET_SETTING =
  /^(?:requirepass|masterauth|masteruser|primaryauth|primaryuser|.*-pass(?:word)?|.*auth-pass)$/i

/** @example isSecret("5 AUTH me secret") // true */
export const isSecret = (line: string): boolean => {
  const words = scanWords(line, "utf8").words.map(({ value }) => value.toString().toUpperCase())
  return words.some((word, index) => {
    const rest = words.slice(index + 1)
    switch (word) {
      case "AUTH":
      case "AUTH2":
        return rest.length > 0
      case "ACL":
        return rest[0] === "SETUSER"
      default:
        return SECRET_SETTING.test(word) && rest.length > 0
    }
  })
}
