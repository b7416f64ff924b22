/**
 * Cache-aside: read from the cache, else from the source, and remember that for
 * a minute. A cache that cannot be reached makes the program slower, not wrong.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer, Option, Schema } from "effect"
import { ClusterClient, ClusterConfig, FromResp, Redis } from "../src/index.ts"

class Product extends Schema.Class<Product>("Product")({ id: Schema.Number, name: Schema.String }) {}
const ProductJson = Schema.parseJson(Product)

/** The slow, true answer. */
const loadProduct = (id: number): Effect.Effect<Product> =>
  Console.log(`loading product ${id}`).pipe(Effect.as(new Product({ id, name: `Product ${id}` })))

const SECONDS_TO_LIVE = 60

const findProduct = (id: number) =>
  Effect.gen(function* () {
    const redis = yield* Redis
    const key = `product:${id}`
    // What is there but cannot be read, such as an older format, counts as missing too.
    const cached = yield* redis
      .returning(FromResp.withSchema(ProductJson))
      .get(key)
      .pipe(Effect.orElseSucceed(() => Option.none<Product>()))
    if (Option.isSome(cached)) return cached.value
    const product = yield* loadProduct(id)
    const json = yield* Effect.orDie(Schema.encode(ProductJson)(product))
    yield* Effect.ignoreLogged(redis.set(key, json, { expiration: { EX: SECONDS_TO_LIVE } }))
    return product
  })

const program = Effect.gen(function* () {
  yield* Console.log((yield* findProduct(7)).name)
  yield* Console.log((yield* findProduct(7)).name)
  const redis = yield* Redis
  // A change of the source ends with the removal of the copy.
  yield* redis.unlink("product:7")
  yield* Console.log((yield* findProduct(7)).name)
})

const live = Redis.layer.pipe(Layer.provide(ClusterClient.layerConfig(ClusterConfig.fromEnvironment)))

NodeRuntime.runMain(Effect.provide(program, live))
