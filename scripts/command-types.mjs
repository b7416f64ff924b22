/** The TypeScript text of the typed API: an interface for each family of commands, with the documentation. */

const RESERVED = new Set([
  "function",
  "default",
  "delete",
  "in",
  "new",
  "return",
  "switch",
  "this",
  "typeof",
  "with"
])
const LEAF_TYPES = {
  key: "RedisKey",
  string: "RedisValue",
  integer: "IntegerArgument",
  double: "number",
  spelled: "SpelledNumber",
  columns: "NamedValues",
  pair: "NamedValues"
}

/** `source` has the modules that the runtime reads the same syntax with. */
export const renderFamily = (source, { name, topic }, commands) => {
  const types = []
  const methods = commands.map((command) => renderMethod(source, command, types))
  const body = `${types.map(({ code }) => code).join("")}
/** Commands on ${topic}. \`V\` is what is stored, \`K\` a key or a field. */
export interface ${name}<V, K> {
${methods.join("\n")}}
`
  const used = [...new Set(Object.values(LEAF_TYPES)), "OneOrMore"].filter(
    (each) => each !== "number" && new RegExp(`\\b${each}\\b`).test(body)
  )
  const imports =
    used.length === 0 ? "" : `import type { ${used.sort().join(", ")} } from "./ArgumentTypes.ts"\n`
  return `${imports}import type { Replies } from "./ReplyTypes.ts"\nimport type { TypedCommand } from "./TypedCommand.ts"\n${body}`
}

export const renderFamilies = (names) => `${[...names]
  .sort()
  .map((name) => `import type { ${name} } from "./${name}.generated.ts"`)
  .join("\n")}

/** Every command as a method. \`V\` is what is stored, \`K\` a key or a field. */
export interface Commands<V, K>
  extends ${names.map((name) => `${name}<V, K>`).join(",\n    ")} {}
`

const capital = (name) => name[0].toUpperCase() + name.slice(1)

const renderMethod = ({ callSyntax, readCondition }, { name, method, doc, syntax, reply }, types) => {
  const { options, positional } = callSyntax(syntax)
  const parameters = positional.map((argument) => ({
    name: parameterName(argument),
    type: parameterType(method, argument, types),
    optional: argument.optional === true
  }))
  if (options.length > 0) {
    const type = `${capital(method)}Options`
    const fields = options.map(
      (field) =>
        fieldDocumentation(field, doc.arguments) + renderField(field, namedType(method, field, types))
    )
    types.push(renderOptions(type, fields))
    parameters.push({ name: "options", type, optional: true })
  }
  const documentation = renderDocumentation(name, doc)
  const overloads =
    typeof reply === "function"
      ? [signature(method, parameters, [])]
      : overloaded(readCondition, method, parameters, Object.keys(reply), syntax)
  return overloads.map((text) => `${documentation}${text}`).join("")
}

const signature = (method, parameters, variants) => {
  const list = parameters
    .map(({ name, optional, type }) => `${name}${optional ? "?" : ""}: ${type}`)
    .join(", ")
  const chosen = variants.map((variant) => JSON.stringify(variant)).join(" | ")
  const reply = `Replies<V, K>[${JSON.stringify(method)}]${chosen === "" ? "" : `[${chosen}]`}["Type"]`
  return `  ${method}(${list}): TypedCommand<${reply}>\n`
}

/** A signature for each variant: its own condition holds, and those before it do not. Then one for options known only when it runs. */
const overloaded = (readCondition, method, parameters, variants, syntax) => {
  const before = []
  const overloads = variants.map((variant) => {
    const condition = variant === "otherwise" ? undefined : readCondition(variant, syntax)
    const text = signature(method, narrowed(parameters, condition, before), [variant])
    if (condition !== undefined) before.push(condition)
    return text
  })
  const isByOption = before.some(({ places }) =>
    places.some(({ argument, field }) => field !== undefined && argument.optional === true)
  )
  return isByOption ? [...overloads, signature(method, parameters, variants)] : overloads
}

const narrowed = (parameters, condition, before) => {
  const result = parameters.map((parameter) => ({ ...parameter }))
  for (const { given, places } of before) {
    for (const { argument, field, parameter } of places) {
      const target = result[parameter]
      if (given === "bigint") target.type = "number"
      else if (given !== undefined)
        target.type = target.type
          .replace(`${JSON.stringify(given)} | `, "")
          .replace(` | ${JSON.stringify(given)}`, "")
      else if (field === undefined || argument.optional !== true) target.removed = true
      else target.type += ` & { readonly ${field}?: ${isFlag(argument) ? "false | " : ""}undefined }`
    }
  }
  if (condition !== undefined) {
    const { given, places } = condition
    const target = result[places[0].parameter]
    target.optional = false
    const fields = places.filter(({ argument, field }) => field !== undefined && argument.optional === true)
    if (given === "bigint") target.type = "bigint"
    else if (given !== undefined) target.type = JSON.stringify(given)
    else if (fields.length > 0) {
      const alternatives = fields.map(
        ({ argument, field }) => `{ readonly ${field}: ${givenType(argument)} }`
      )
      target.type += ` & ${alternatives.length > 1 ? `(${alternatives.join(" | ")})` : alternatives[0]}`
    }
  }
  return result.filter(({ removed }) => removed !== true)
}

const isFlag = ({ arguments: parts = [], type }) =>
  type === "word" || (type === "block" && parts.every(({ optional }) => optional))
const givenType = (argument) =>
  argument.type === "word" ? "true" : argumentType(argument).replace(/^boolean/, "true")

/** Many have a name in the plural. */
const parameterName = ({ multiple, name, token, type }) => {
  const isMany = (multiple === true || type === "pair") && token === undefined && !name.endsWith("s")
  if (RESERVED.has(name)) return `${name}Name`
  return isMany ? `${name}s` : name
}

/** A block that may be left out is as good as an object of options, and looks like one. */
const parameterType = (method, argument, types) => {
  if (argument.type !== "block" || argument.multiple === true || argument.optional !== true)
    return namedType(method, argument, types)
  const name = `${capital(method)}${capital(argument.name)}`
  types.push(
    renderOptions(
      name,
      argument.arguments.map((field) => renderField(field))
    )
  )
  return name
}

/** What is too long for a signature has a name, the same for all commands of a family that have the same. */
const namedType = (method, argument, types) => {
  const one = valueType(argument)
  if (one.length <= LONGEST_INLINE_TYPE) return argumentType(argument)
  const known = types.find(({ text }) => text === one)
  const name = known?.name ?? `${capital(method)}${capital(argument.name)}`
  if (known === undefined) types.push({ name, text: one, code: `\nexport type ${name} =\n  ${one}\n` })
  return argument.multiple === true ? `OneOrMore<${name}>` : name
}

const LONGEST_INLINE_TYPE = 45

const argumentType = (argument) => {
  const one = valueType(argument)
  return argument.multiple === true && argument.type !== "pair" ? `OneOrMore<${one}>` : one
}

const valueType = ({ arguments: parts = [], type, words = [] }) => {
  switch (type) {
    case "word":
      return "boolean"
    case "choice":
      return [
        ...words.map((word) => JSON.stringify(word)),
        ...parts.map((part) =>
          part.token === undefined ? valueType(part) : `{ readonly ${part.token}: ${argumentType(part)} }`
        )
      ].join(" | ")
    case "block": {
      const fields = `{ ${parts.map((part) => renderField(part)).join("; ")} }`
      return parts.every(({ optional }) => optional) ? `boolean | ${fields}` : fields
    }
    default:
      return LEAF_TYPES[type]
  }
}

const renderField = (argument, type = argumentType(argument)) =>
  `readonly ${argument.name}${argument.optional ? "?" : ""}: ${type}${argument.optional ? " | undefined" : ""}`

const renderOptions = (name, fields) => ({
  name,
  code: `\nexport interface ${name} {\n${fields.map((field) => `  ${field}\n`).join("")}}\n`
})

/** How an option is written in Redis, and since when. */
const fieldDocumentation = (field, documented = []) => {
  const found = documented.find(
    ({ name, token }) => camelCase(token || name) === field.name || camelCase(name) === field.name
  )
  if (found === undefined) return ""
  const since = found.since === undefined ? "" : `, since ${found.since}`
  return `/** \`${syntaxText({ ...found, flags: found.flags?.filter((flag) => flag !== "optional") })}\`${since}. */\n  `
}

const camelCase = (name) =>
  name.toLowerCase().replaceAll(/[^a-z0-9]+([a-z0-9])/g, (_, letter) => letter.toUpperCase())

/** As the documentation of Redis writes arguments: `key [NX | XX] [EX seconds]`. */
const syntaxText = ({ arguments: parts = [], flags = [], name, token, type }) => {
  const inner =
    type === "oneof"
      ? parts.map(syntaxText).join(" | ")
      : type === "block"
        ? parts.map(syntaxText).join(" ")
        : type === "pure-token"
          ? ""
          : name
  const isOptional = flags.includes("optional")
  const grouped = type === "oneof" && !isOptional ? `<${inner}>` : inner
  const one = [token === "" ? '""' : token, grouped]
    .filter((part) => part !== undefined && part !== "")
    .join(" ")
  const many = !flags.includes("multiple")
    ? one
    : `${one} [${flags.includes("multiple_token") ? one : grouped} ...]`
  return isOptional ? `[${many}]` : many
}

const renderDocumentation = (
  name,
  { arguments: args = [], complexity, deprecatedSince, replacedBy, since, summary }
) => {
  const page = `https://redis.io/docs/latest/commands/${name.replaceAll("|", "-")}/`
  const call = [name.replaceAll("|", " ").toUpperCase(), ...args.map(syntaxText)].join(" ")
  const lines = [
    /[.!?]$/.test(summary) ? summary : `${summary}.`,
    "",
    `\`${call}\``,
    "",
    ...(complexity === undefined
      ? []
      : [`${complexity.replace(/\.?$/, ".").replaceAll("\n", " ")} Since ${since}. ${page}`]),
    ...(complexity === undefined ? [`Since ${since}. ${page}`] : []),
    ...(deprecatedSince === undefined
      ? []
      : [`@deprecated Since ${deprecatedSince}: ${replacedBy ?? "no replacement"}.`])
  ]
  return `  /**\n${lines.map((line) => `   * ${line.replaceAll("*/", "*\\/")}`.trimEnd()).join("\n")}\n   */\n`
}
