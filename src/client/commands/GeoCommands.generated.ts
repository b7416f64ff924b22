// Generated from COMMAND DOCS of redis 7.0.15. Do not edit: `node scripts/generate-commands.mjs` makes it again.
import type { IntegerArgument, OneOrMore, RedisKey, RedisValue } from "./ArgumentTypes.ts"
import type { Replies } from "./ReplyTypes.ts"
import type { TypedCommand } from "./TypedCommand.ts"

export type GeoaddLongitudeLatitudeMember =
  { readonly longitude: number; readonly latitude: number; readonly member: RedisValue }

export interface GeoaddOptions {
  /** `<NX | XX>`, since 6.2.0. */
  readonly condition?: "NX" | "XX" | undefined
  /** `CH`, since 6.2.0. */
  readonly ch?: boolean | undefined
}

export type GeoradiusCount =
  { readonly count: IntegerArgument; readonly any?: boolean | undefined }

export interface GeoradiusOptions {
  /** `WITHCOORD`. */
  readonly withcoord?: boolean | undefined
  /** `WITHDIST`. */
  readonly withdist?: boolean | undefined
  /** `WITHHASH`. */
  readonly withhash?: boolean | undefined
  /** `COUNT count [ANY]`. */
  readonly count?: GeoradiusCount | undefined
  /** `<ASC | DESC>`. */
  readonly order?: "ASC" | "DESC" | undefined
  /** `STORE key`. */
  readonly store?: RedisKey | undefined
  /** `STOREDIST key`. */
  readonly storedist?: RedisKey | undefined
}

export interface GeoradiusRoOptions {
  /** `WITHCOORD`. */
  readonly withcoord?: boolean | undefined
  /** `WITHDIST`. */
  readonly withdist?: boolean | undefined
  /** `WITHHASH`. */
  readonly withhash?: boolean | undefined
  /** `COUNT count [ANY]`. */
  readonly count?: GeoradiusCount | undefined
  /** `<ASC | DESC>`. */
  readonly order?: "ASC" | "DESC" | undefined
}

export interface GeoradiusbymemberOptions {
  /** `WITHCOORD`. */
  readonly withcoord?: boolean | undefined
  /** `WITHDIST`. */
  readonly withdist?: boolean | undefined
  /** `WITHHASH`. */
  readonly withhash?: boolean | undefined
  /** `COUNT count [ANY]`. */
  readonly count?: GeoradiusCount | undefined
  /** `<ASC | DESC>`. */
  readonly order?: "ASC" | "DESC" | undefined
  /** `STORE key`. */
  readonly store?: RedisKey | undefined
  /** `STOREDIST key`. */
  readonly storedist?: RedisKey | undefined
}

export interface GeoradiusbymemberRoOptions {
  /** `WITHCOORD`. */
  readonly withcoord?: boolean | undefined
  /** `WITHDIST`. */
  readonly withdist?: boolean | undefined
  /** `WITHHASH`. */
  readonly withhash?: boolean | undefined
  /** `COUNT count [ANY]`. */
  readonly count?: GeoradiusCount | undefined
  /** `<ASC | DESC>`. */
  readonly order?: "ASC" | "DESC" | undefined
}

export type GeosearchFrom =
  { readonly FROMMEMBER: RedisValue } | { readonly FROMLONLAT: { readonly longitude: number; readonly latitude: number } }

export type GeosearchBy =
  { readonly BYRADIUS: { readonly radius: number; readonly unit: "M" | "KM" | "FT" | "MI" } } | { readonly BYBOX: { readonly width: number; readonly height: number; readonly unit: "M" | "KM" | "FT" | "MI" } }

export interface GeosearchOptions {
  /** `<ASC | DESC>`. */
  readonly order?: "ASC" | "DESC" | undefined
  /** `COUNT count [ANY]`. */
  readonly count?: GeoradiusCount | undefined
  /** `WITHCOORD`. */
  readonly withcoord?: boolean | undefined
  /** `WITHDIST`. */
  readonly withdist?: boolean | undefined
  /** `WITHHASH`. */
  readonly withhash?: boolean | undefined
}

export interface GeosearchstoreOptions {
  /** `<ASC | DESC>`. */
  readonly order?: "ASC" | "DESC" | undefined
  /** `COUNT count [ANY]`. */
  readonly count?: GeoradiusCount | undefined
  /** `STOREDIST`. */
  readonly storedist?: boolean | undefined
}

/** Commands on geospatial indexes. `V` is what is stored, `K` a key or a field. */
export interface GeoCommands<V, K> {
  /**
   * Add one or more geospatial items in the geospatial index represented using a sorted set.
   *
   * `GEOADD key [NX | XX] [CH] longitude latitude member [longitude latitude member ...]`
   *
   * O(log(N)) for each item added, where N is the number of elements in the sorted set. Since 3.2.0. https://redis.io/docs/latest/commands/geoadd/
   */
  geoadd(key: RedisKey, longitudeLatitudeMembers: OneOrMore<GeoaddLongitudeLatitudeMember>, options?: GeoaddOptions): TypedCommand<Replies<V, K>["geoadd"]["Type"]>

  /**
   * Returns the distance between two members of a geospatial index.
   *
   * `GEODIST key member1 member2 [M | KM | FT | MI]`
   *
   * O(log(N)). Since 3.2.0. https://redis.io/docs/latest/commands/geodist/
   */
  geodist(key: RedisKey, member1: RedisValue, member2: RedisValue, unit?: "M" | "KM" | "FT" | "MI"): TypedCommand<Replies<V, K>["geodist"]["Type"]>

  /**
   * Returns members of a geospatial index as standard geohash strings.
   *
   * `GEOHASH key member [member ...]`
   *
   * O(log(N)) for each member requested, where N is the number of elements in the sorted set. Since 3.2.0. https://redis.io/docs/latest/commands/geohash/
   */
  geohash(key: RedisKey, members: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["geohash"]["Type"]>

  /**
   * Returns longitude and latitude of members of a geospatial index.
   *
   * `GEOPOS key member [member ...]`
   *
   * O(N) where N is the number of members requested. Since 3.2.0. https://redis.io/docs/latest/commands/geopos/
   */
  geopos(key: RedisKey, members: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["geopos"]["Type"]>

  /**
   * Query a sorted set representing a geospatial index to fetch members matching a given maximum distance from a point.
   *
   * `GEORADIUS key longitude latitude radius <M | KM | FT | MI> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC] [STORE key] [STOREDIST key]`
   *
   * O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index. Since 3.2.0. https://redis.io/docs/latest/commands/georadius/
   * @deprecated Since 6.2.0: `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument.
   */
  georadius(key: RedisKey, longitude: number, latitude: number, radius: number, unit: "M" | "KM" | "FT" | "MI", options: GeoradiusOptions & ({ readonly store: RedisKey } | { readonly storedist: RedisKey })): TypedCommand<Replies<V, K>["georadius"]["store|storedist"]["Type"]>
  /**
   * Query a sorted set representing a geospatial index to fetch members matching a given maximum distance from a point.
   *
   * `GEORADIUS key longitude latitude radius <M | KM | FT | MI> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC] [STORE key] [STOREDIST key]`
   *
   * O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index. Since 3.2.0. https://redis.io/docs/latest/commands/georadius/
   * @deprecated Since 6.2.0: `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument.
   */
  georadius(key: RedisKey, longitude: number, latitude: number, radius: number, unit: "M" | "KM" | "FT" | "MI", options: GeoradiusOptions & { readonly store?: undefined } & { readonly storedist?: undefined } & ({ readonly withcoord: true } | { readonly withdist: true } | { readonly withhash: true })): TypedCommand<Replies<V, K>["georadius"]["withcoord|withdist|withhash"]["Type"]>
  /**
   * Query a sorted set representing a geospatial index to fetch members matching a given maximum distance from a point.
   *
   * `GEORADIUS key longitude latitude radius <M | KM | FT | MI> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC] [STORE key] [STOREDIST key]`
   *
   * O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index. Since 3.2.0. https://redis.io/docs/latest/commands/georadius/
   * @deprecated Since 6.2.0: `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument.
   */
  georadius(key: RedisKey, longitude: number, latitude: number, radius: number, unit: "M" | "KM" | "FT" | "MI", options?: GeoradiusOptions & { readonly store?: undefined } & { readonly storedist?: undefined } & { readonly withcoord?: false | undefined } & { readonly withdist?: false | undefined } & { readonly withhash?: false | undefined }): TypedCommand<Replies<V, K>["georadius"]["otherwise"]["Type"]>
  /**
   * Query a sorted set representing a geospatial index to fetch members matching a given maximum distance from a point.
   *
   * `GEORADIUS key longitude latitude radius <M | KM | FT | MI> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC] [STORE key] [STOREDIST key]`
   *
   * O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index. Since 3.2.0. https://redis.io/docs/latest/commands/georadius/
   * @deprecated Since 6.2.0: `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument.
   */
  georadius(key: RedisKey, longitude: number, latitude: number, radius: number, unit: "M" | "KM" | "FT" | "MI", options?: GeoradiusOptions): TypedCommand<Replies<V, K>["georadius"]["store|storedist" | "withcoord|withdist|withhash" | "otherwise"]["Type"]>

  /**
   * A read-only variant for GEORADIUS.
   *
   * `GEORADIUS_RO key longitude latitude radius <M | KM | FT | MI> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC]`
   *
   * O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index. Since 3.2.10. https://redis.io/docs/latest/commands/georadius_ro/
   * @deprecated Since 6.2.0: `GEOSEARCH` with the `BYRADIUS` argument.
   */
  georadiusRo(key: RedisKey, longitude: number, latitude: number, radius: number, unit: "M" | "KM" | "FT" | "MI", options: GeoradiusRoOptions & ({ readonly withcoord: true } | { readonly withdist: true } | { readonly withhash: true })): TypedCommand<Replies<V, K>["georadiusRo"]["withcoord|withdist|withhash"]["Type"]>
  /**
   * A read-only variant for GEORADIUS.
   *
   * `GEORADIUS_RO key longitude latitude radius <M | KM | FT | MI> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC]`
   *
   * O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index. Since 3.2.10. https://redis.io/docs/latest/commands/georadius_ro/
   * @deprecated Since 6.2.0: `GEOSEARCH` with the `BYRADIUS` argument.
   */
  georadiusRo(key: RedisKey, longitude: number, latitude: number, radius: number, unit: "M" | "KM" | "FT" | "MI", options?: GeoradiusRoOptions & { readonly withcoord?: false | undefined } & { readonly withdist?: false | undefined } & { readonly withhash?: false | undefined }): TypedCommand<Replies<V, K>["georadiusRo"]["otherwise"]["Type"]>
  /**
   * A read-only variant for GEORADIUS.
   *
   * `GEORADIUS_RO key longitude latitude radius <M | KM | FT | MI> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC]`
   *
   * O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index. Since 3.2.10. https://redis.io/docs/latest/commands/georadius_ro/
   * @deprecated Since 6.2.0: `GEOSEARCH` with the `BYRADIUS` argument.
   */
  georadiusRo(key: RedisKey, longitude: number, latitude: number, radius: number, unit: "M" | "KM" | "FT" | "MI", options?: GeoradiusRoOptions): TypedCommand<Replies<V, K>["georadiusRo"]["withcoord|withdist|withhash" | "otherwise"]["Type"]>

  /**
   * Query a sorted set representing a geospatial index to fetch members matching a given maximum distance from a member.
   *
   * `GEORADIUSBYMEMBER key member radius <M | KM | FT | MI> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC] [STORE key] [STOREDIST key]`
   *
   * O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index. Since 3.2.0. https://redis.io/docs/latest/commands/georadiusbymember/
   * @deprecated Since 6.2.0: `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments.
   */
  georadiusbymember(key: RedisKey, member: RedisValue, radius: number, unit: "M" | "KM" | "FT" | "MI", options: GeoradiusbymemberOptions & ({ readonly store: RedisKey } | { readonly storedist: RedisKey })): TypedCommand<Replies<V, K>["georadiusbymember"]["store|storedist"]["Type"]>
  /**
   * Query a sorted set representing a geospatial index to fetch members matching a given maximum distance from a member.
   *
   * `GEORADIUSBYMEMBER key member radius <M | KM | FT | MI> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC] [STORE key] [STOREDIST key]`
   *
   * O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index. Since 3.2.0. https://redis.io/docs/latest/commands/georadiusbymember/
   * @deprecated Since 6.2.0: `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments.
   */
  georadiusbymember(key: RedisKey, member: RedisValue, radius: number, unit: "M" | "KM" | "FT" | "MI", options: GeoradiusbymemberOptions & { readonly store?: undefined } & { readonly storedist?: undefined } & ({ readonly withcoord: true } | { readonly withdist: true } | { readonly withhash: true })): TypedCommand<Replies<V, K>["georadiusbymember"]["withcoord|withdist|withhash"]["Type"]>
  /**
   * Query a sorted set representing a geospatial index to fetch members matching a given maximum distance from a member.
   *
   * `GEORADIUSBYMEMBER key member radius <M | KM | FT | MI> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC] [STORE key] [STOREDIST key]`
   *
   * O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index. Since 3.2.0. https://redis.io/docs/latest/commands/georadiusbymember/
   * @deprecated Since 6.2.0: `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments.
   */
  georadiusbymember(key: RedisKey, member: RedisValue, radius: number, unit: "M" | "KM" | "FT" | "MI", options?: GeoradiusbymemberOptions & { readonly store?: undefined } & { readonly storedist?: undefined } & { readonly withcoord?: false | undefined } & { readonly withdist?: false | undefined } & { readonly withhash?: false | undefined }): TypedCommand<Replies<V, K>["georadiusbymember"]["otherwise"]["Type"]>
  /**
   * Query a sorted set representing a geospatial index to fetch members matching a given maximum distance from a member.
   *
   * `GEORADIUSBYMEMBER key member radius <M | KM | FT | MI> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC] [STORE key] [STOREDIST key]`
   *
   * O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index. Since 3.2.0. https://redis.io/docs/latest/commands/georadiusbymember/
   * @deprecated Since 6.2.0: `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments.
   */
  georadiusbymember(key: RedisKey, member: RedisValue, radius: number, unit: "M" | "KM" | "FT" | "MI", options?: GeoradiusbymemberOptions): TypedCommand<Replies<V, K>["georadiusbymember"]["store|storedist" | "withcoord|withdist|withhash" | "otherwise"]["Type"]>

  /**
   * A read-only variant for GEORADIUSBYMEMBER.
   *
   * `GEORADIUSBYMEMBER_RO key member radius <M | KM | FT | MI> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC]`
   *
   * O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index. Since 3.2.10. https://redis.io/docs/latest/commands/georadiusbymember_ro/
   * @deprecated Since 6.2.0: `GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments.
   */
  georadiusbymemberRo(key: RedisKey, member: RedisValue, radius: number, unit: "M" | "KM" | "FT" | "MI", options: GeoradiusbymemberRoOptions & ({ readonly withcoord: true } | { readonly withdist: true } | { readonly withhash: true })): TypedCommand<Replies<V, K>["georadiusbymemberRo"]["withcoord|withdist|withhash"]["Type"]>
  /**
   * A read-only variant for GEORADIUSBYMEMBER.
   *
   * `GEORADIUSBYMEMBER_RO key member radius <M | KM | FT | MI> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC]`
   *
   * O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index. Since 3.2.10. https://redis.io/docs/latest/commands/georadiusbymember_ro/
   * @deprecated Since 6.2.0: `GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments.
   */
  georadiusbymemberRo(key: RedisKey, member: RedisValue, radius: number, unit: "M" | "KM" | "FT" | "MI", options?: GeoradiusbymemberRoOptions & { readonly withcoord?: false | undefined } & { readonly withdist?: false | undefined } & { readonly withhash?: false | undefined }): TypedCommand<Replies<V, K>["georadiusbymemberRo"]["otherwise"]["Type"]>
  /**
   * A read-only variant for GEORADIUSBYMEMBER.
   *
   * `GEORADIUSBYMEMBER_RO key member radius <M | KM | FT | MI> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC]`
   *
   * O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index. Since 3.2.10. https://redis.io/docs/latest/commands/georadiusbymember_ro/
   * @deprecated Since 6.2.0: `GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments.
   */
  georadiusbymemberRo(key: RedisKey, member: RedisValue, radius: number, unit: "M" | "KM" | "FT" | "MI", options?: GeoradiusbymemberRoOptions): TypedCommand<Replies<V, K>["georadiusbymemberRo"]["withcoord|withdist|withhash" | "otherwise"]["Type"]>

  /**
   * Query a sorted set representing a geospatial index to fetch members inside an area of a box or a circle.
   *
   * `GEOSEARCH key <FROMMEMBER member | FROMLONLAT longitude latitude> <BYRADIUS radius <M | KM | FT | MI> | BYBOX width height <M | KM | FT | MI>> [ASC | DESC] [COUNT count [ANY]] [WITHCOORD] [WITHDIST] [WITHHASH]`
   *
   * O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area around the shape provided as the filter and M is the number of items inside the shape. Since 6.2.0. https://redis.io/docs/latest/commands/geosearch/
   */
  geosearch(key: RedisKey, from: GeosearchFrom, by: GeosearchBy, options: GeosearchOptions & ({ readonly withcoord: true } | { readonly withdist: true } | { readonly withhash: true })): TypedCommand<Replies<V, K>["geosearch"]["withcoord|withdist|withhash"]["Type"]>
  /**
   * Query a sorted set representing a geospatial index to fetch members inside an area of a box or a circle.
   *
   * `GEOSEARCH key <FROMMEMBER member | FROMLONLAT longitude latitude> <BYRADIUS radius <M | KM | FT | MI> | BYBOX width height <M | KM | FT | MI>> [ASC | DESC] [COUNT count [ANY]] [WITHCOORD] [WITHDIST] [WITHHASH]`
   *
   * O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area around the shape provided as the filter and M is the number of items inside the shape. Since 6.2.0. https://redis.io/docs/latest/commands/geosearch/
   */
  geosearch(key: RedisKey, from: GeosearchFrom, by: GeosearchBy, options?: GeosearchOptions & { readonly withcoord?: false | undefined } & { readonly withdist?: false | undefined } & { readonly withhash?: false | undefined }): TypedCommand<Replies<V, K>["geosearch"]["otherwise"]["Type"]>
  /**
   * Query a sorted set representing a geospatial index to fetch members inside an area of a box or a circle.
   *
   * `GEOSEARCH key <FROMMEMBER member | FROMLONLAT longitude latitude> <BYRADIUS radius <M | KM | FT | MI> | BYBOX width height <M | KM | FT | MI>> [ASC | DESC] [COUNT count [ANY]] [WITHCOORD] [WITHDIST] [WITHHASH]`
   *
   * O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area around the shape provided as the filter and M is the number of items inside the shape. Since 6.2.0. https://redis.io/docs/latest/commands/geosearch/
   */
  geosearch(key: RedisKey, from: GeosearchFrom, by: GeosearchBy, options?: GeosearchOptions): TypedCommand<Replies<V, K>["geosearch"]["withcoord|withdist|withhash" | "otherwise"]["Type"]>

  /**
   * Query a sorted set representing a geospatial index to fetch members inside an area of a box or a circle, and store the result in another key.
   *
   * `GEOSEARCHSTORE destination source <FROMMEMBER member | FROMLONLAT longitude latitude> <BYRADIUS radius <M | KM | FT | MI> | BYBOX width height <M | KM | FT | MI>> [ASC | DESC] [COUNT count [ANY]] [STOREDIST]`
   *
   * O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area around the shape provided as the filter and M is the number of items inside the shape. Since 6.2.0. https://redis.io/docs/latest/commands/geosearchstore/
   */
  geosearchstore(destination: RedisKey, source: RedisKey, from: GeosearchFrom, by: GeosearchBy, options?: GeosearchstoreOptions): TypedCommand<Replies<V, K>["geosearchstore"]["Type"]>
}
