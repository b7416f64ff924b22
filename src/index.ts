/** The library: a Redis Cluster client as an Effect service, its errors and configuration, and the RESP codec by itself. */
export * as Backoff from "./client/Backoff.ts"
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
export type { CommandOptions, NodeReply, NodeSelection, RedisCommands } from "./client/RedisCommands.ts"
export { RedisError } from "./client/RedisError.ts"
export { RoutingError } from "./client/RoutingError.ts"
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
