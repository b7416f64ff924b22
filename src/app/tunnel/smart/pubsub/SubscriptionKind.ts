/** Channels, patterns and sharded channels: what is the same of them but for a letter. */
export type SubscriptionKind = "channel" | "pattern" | "shard"

export const KINDS: ReadonlyArray<SubscriptionKind> = ["channel", "pattern", "shard"]

const PREFIXES: Readonly<Record<SubscriptionKind, string>> = { channel: "", pattern: "p", shard: "s" }

export const subscribeName = (kind: SubscriptionKind): string => `${PREFIXES[kind]}subscribe`
export const unsubscribeName = (kind: SubscriptionKind): string => `${PREFIXES[kind]}unsubscribe`

const KEY_EVENTS = ["__keyspace@", "__keyevent@"]

/** Notifications of keys are only told by the node that has the key. */
export const isKeyEvent = (channel: string): boolean =>
  KEY_EVENTS.some((prefix) => channel.startsWith(prefix))

/** Whether notifications of keys may arrive by it: then every master has to be listened to. */
export const mayConcernKeys = (kind: SubscriptionKind, name: string): boolean => {
  if (kind === "shard") return false
  if (kind === "channel") return isKeyEvent(name)
  const literal = /^[^*?[\\]*/.exec(name)![0]
  return KEY_EVENTS.some((prefix) => prefix.startsWith(literal) || literal.startsWith(prefix))
}
