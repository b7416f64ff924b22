/**
 * Where COMMAND DOCS of Redis 7.0 is silent or wrong about the arguments of a command, or describes them in a
 * way that would make an awkward method: one entry and one reason each. Used by generate-commands.mjs.
 */

const argument = (type) => (name, more) => ({ name, type, ...more })
const string = argument("string")
const integer = argument("integer")
const key = argument("key")
const word = (token, more) => ({ name: token.toLowerCase(), type: "pure-token", token, ...more })
const words = (name, tokens, more) => ({
  name,
  type: "oneof",
  arguments: tokens.map((token) => word(token)),
  ...more
})
const oneof = (name, choices, more) => ({ name, type: "oneof", arguments: choices, ...more })
const block = (name, parts, more) => ({ name, type: "block", arguments: parts, ...more })
const optional = { flags: ["optional"] }
const multiple = { flags: ["multiple"] }

/** The argument list with some of its top-level arguments replaced, by name. */
const replacing = (replacements) => (args) => args.map((each) => replacements[each.name]?.(each) ?? each)
const withType = (type) => (each) => ({ ...each, type })
const bounds = replacing({ min: withType("spelled"), max: withType("spelled") })
const doubleWeights = replacing({ weight: withType("double") })

const streams = replacing({
  streams: () => ({
    name: "streams",
    type: "columns",
    token: "STREAMS",
    arguments: [key("key"), string("id")]
  })
})

/** An offset may be `#2`: so many times the width. */
const range = [string("encoding"), argument("spelled")("offset")]
const noOne = replacing({
  args: () => oneof("primary", [block("host-port", [string("host"), integer("port")]), word("NO ONE")])
})

/** Command, its arguments from the documented ones, and why. */
export const syntaxCorrections = [
  [
    "bitfield",
    () => [
      key("key"),
      oneof(
        "operation",
        [
          block("get", range, { token: "GET" }),
          block("set", [...range, integer("value")], { token: "SET" }),
          block("incrby", [...range, integer("increment")], { token: "INCRBY" }),
          { ...words("overflow", ["WRAP", "SAT", "FAIL"]), token: "OVERFLOW" }
        ],
        { flags: ["optional", "multiple"] }
      )
    ],
    "OVERFLOW is an operation of its own, in force for those behind it"
  ],
  [
    "bitfield_ro",
    () => [
      key("key"),
      block("get", range, { token: "GET", flags: ["optional", "multiple", "multiple_token"] })
    ],
    "an offset may be #2"
  ],
  [
    "bitop",
    replacing({ operation: () => words("operation", ["AND", "OR", "XOR", "NOT"]) }),
    "the operation is one of four words"
  ],
  [
    "bitpos",
    replacing({
      index: () =>
        block(
          "index",
          [integer("start"), integer("end", optional), words("index_unit", ["BYTE", "BIT"], optional)],
          optional
        )
    }),
    "blocks in blocks: the server checks that a unit has an end"
  ],
  [
    "client|kill",
    () => [
      oneof("filter", [
        string("ip:port"),
        block("new-format", [
          integer("client-id", { token: "ID", ...optional }),
          {
            ...words("type", ["NORMAL", "MASTER", "SLAVE", "REPLICA", "PUBSUB"]),
            token: "TYPE",
            ...optional
          },
          string("username", { token: "USER", ...optional }),
          string("ip:port", { token: "ADDR", ...optional }),
          string("ip:port", { token: "LADDR", ...optional }),
          { ...words("skipme", ["YES", "NO"]), token: "SKIPME", ...optional }
        ])
      ])
    ],
    "many optional filters, each at most once, are a block"
  ],
  [
    "command|getkeys",
    () => [string("command"), string("arg", { flags: ["optional", "multiple"] })],
    "documented without arguments"
  ],
  [
    "command|getkeysandflags",
    () => [string("command"), string("arg", { flags: ["optional", "multiple"] })],
    "documented without arguments"
  ],
  [
    "debug",
    () => [string("subcommand"), string("arg", { flags: ["optional", "multiple"] })],
    "documented without arguments"
  ],
  [
    "migrate",
    () => [
      string("host"),
      integer("port"),
      word("", { name: "empty-string" }),
      integer("destination-db"),
      integer("timeout"),
      word("COPY", optional),
      word("REPLACE", optional),
      oneof(
        "authentication",
        [
          string("password", { token: "AUTH" }),
          block("username_password", [string("username"), string("password")], { token: "AUTH2" })
        ],
        optional
      ),
      key("key", { token: "KEYS", ...multiple })
    ],
    "one form serves for one key and for many: an empty key, and KEYS at the end"
  ],
  ["replicaof", noOne, "NO ONE is one choice of two words"],
  ["slaveof", noOne, "NO ONE is one choice of two words"],
  [
    "shutdown",
    replacing({ nosave_save: (each) => ({ ...each, name: "mode" }) }),
    "the name of a choice should not name its choices"
  ],
  ["xread", streams, "as many IDs as keys: pairs"],
  ["xreadgroup", streams, "as many IDs as keys: pairs"],
  ["zcount", bounds, "a bound may be exclusive or infinite"],
  ["zrangebyscore", bounds, "a bound may be exclusive or infinite"],
  ["zrevrangebyscore", bounds, "a bound may be exclusive or infinite"],
  ["zremrangebyscore", bounds, "a bound may be exclusive or infinite"],
  ["zincrby", replacing({ increment: withType("double") }), "scores are doubles"],
  ["zunion", doubleWeights, "weights are doubles"],
  ["zunionstore", doubleWeights, "weights are doubles"],
  ["zinter", doubleWeights, "weights are doubles"],
  ["zinterstore", doubleWeights, "weights are doubles"],
  ["scan", replacing({ cursor: withType("string") }), "a cursor has 64 bits"],
  ["hscan", replacing({ cursor: withType("string") }), "a cursor has 64 bits"],
  ["sscan", replacing({ cursor: withType("string") }), "a cursor has 64 bits"],
  ["zscan", replacing({ cursor: withType("string") }), "a cursor has 64 bits"]
]
