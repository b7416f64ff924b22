/** The library: a Redis Cluster client as an Effect service, its errors and configuration, and the RESP codec by itself. */
export * as Backoff from "./client/Backoff.ts"
export * as ClientMetrics from "./client/telemetry/ClientMetrics.ts"
export { ClusterClient } from "./client/ClusterClient.ts"
export * as ClusterConfig from "./client/ClusterConfig.ts"
export {
  AskError,
  type ClientError,
  ClusterDownError,
  type ClusterError,
  CrossSlotError,
  MaxRetriesExceeded,
  MovedError,
  TopologyError,
  TryAgainError
} from "./client/ClusterError.ts"
export * as ClusterKeyValueStore from "./client/ClusterKeyValueStore.ts"
export type { CommandOptions, NodeReply, NodeSelection, RedisCommands } from "./client/RedisCommands.ts"
export { RedisError } from "./client/RedisError.ts"
export { RoutingError } from "./client/RoutingError.ts"
export { Redis, type BatchResults, type RedisService } from "./client/Redis.ts"
export * as FromResp from "./client/reply/FromResp.ts"
export { UnexpectedReply } from "./client/reply/UnexpectedReply.ts"
export { type CommandError, TypedCommand } from "./client/commands/TypedCommand.ts"
export type { Commands } from "./client/commands/Commands.generated.ts"
export type * from "./client/commands/ArgumentTypes.ts"
export {
  type Gap,
  Message,
  PubSub,
  type PubSubOptions,
  type SubscriptionEvent,
  type SubscriptionRequest,
  type Subscriptions,
  type SubscriptionStream
} from "./client/subscription/PubSub.ts"
export { hscan, scan, type ScanKeyOptions, type ScanOptions, sscan, zscan } from "./client/scan/Scan.ts"
export { type Session, session } from "./client/transaction/Session.ts"
export {
  type Aborted,
  type Committed,
  ExecAbortError,
  type Place,
  type QueuedCommand,
  type Transaction,
  transaction,
  type TransactionOutcome,
  type TransactionResults
} from "./client/transaction/Transaction.ts"
export * as StandaloneClient from "./client/StandaloneClient.ts"
export * as Connection from "./connection/Connection.ts"
export { ConnectionError } from "./connection/ConnectionError.ts"
export type { ConnectionOptions, Credentials, TlsOptions } from "./connection/ConnectionOptions.ts"
export * as ClusterTopology from "./protocol/ClusterTopology.ts"
export { calculateSlot, crc16, SLOT_COUNT } from "./protocol/HashSlot.ts"
export { ProtocolError, type ProtocolErrorReason } from "./protocol/ProtocolError.ts"
export { parseRedirectionError, type RedirectionInfo } from "./protocol/Redirection.ts"
export * as Resp from "./protocol/Resp.ts"
export type { RespValue } from "./protocol/Resp.ts"
export { decodeAll, RespDecoder, type RespDecoderOptions } from "./protocol/RespDecoder.ts"
export { encodeCommand, encodeValue, RespEncoder } from "./protocol/RespEncoder.ts"
export { slotTag } from "./protocol/SlotTags.ts"
