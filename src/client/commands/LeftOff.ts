/**
 * The commands of the table that the API has no method for, each with the
 * reason; a test compares methods and this list with the table.
 */
const CONTAINER = "an error without a subcommand"
const TRANSACTION = "belongs to one connection: part of Transaction"
const SUBSCRIPTION = "turns its connection into a subscription: part of PubSub"
const LOGIN = "the client logs in, with its credentials, on every connection it opens"
const CONNECTION = "about the connection it is sent on, and the client's are shared: see connectTo"
const REPLICATION = "turns its connection into a replica's"

export const leftOff: Readonly<Record<string, string>> = {
  acl: CONTAINER,
  client: CONTAINER,
  cluster: CONTAINER,
  config: CONTAINER,
  function: CONTAINER,
  latency: CONTAINER,
  memory: CONTAINER,
  module: CONTAINER,
  object: CONTAINER,
  pubsub: CONTAINER,
  script: CONTAINER,
  slowlog: CONTAINER,
  xgroup: CONTAINER,
  xinfo: CONTAINER,

  discard: TRANSACTION,
  exec: TRANSACTION,
  multi: TRANSACTION,
  unwatch: TRANSACTION,
  watch: TRANSACTION,

  psubscribe: SUBSCRIPTION,
  punsubscribe: SUBSCRIPTION,
  ssubscribe: SUBSCRIPTION,
  subscribe: SUBSCRIPTION,
  sunsubscribe: SUBSCRIPTION,
  unsubscribe: SUBSCRIPTION,

  auth: LOGIN,
  hello: LOGIN,

  asking: CONNECTION,
  "client|caching": CONNECTION,
  "client|getname": CONNECTION,
  "client|getredir": CONNECTION,
  "client|id": CONNECTION,
  "client|info": CONNECTION,
  "client|no-evict": CONNECTION,
  "client|reply": CONNECTION,
  "client|setname": CONNECTION,
  "client|tracking": CONNECTION,
  "client|trackinginfo": CONNECTION,
  monitor: CONNECTION,
  quit: CONNECTION,
  readonly: CONNECTION,
  readwrite: CONNECTION,
  reset: CONNECTION,
  "script|debug": CONNECTION,
  select: CONNECTION,
  wait: "waits for the writes of its own connection, and the client's are shared: see connectTo",

  psync: REPLICATION,
  replconf: REPLICATION,
  sync: REPLICATION
}
