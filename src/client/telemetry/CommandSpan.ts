/**
 * Spans of commands. A batch has one; a command of its own only when asked for
 * (`spans: "commands"`), since a span costs ten times what the command does.
 * Without that, `execute` is the very function that it would be without this
 * file.
 *
 * `server.address` and `network.peer.address` name the node that was contacted
 * last. A batch has them when all of its commands go to one node.
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/db/redis/
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Tracer from "effect/Tracer"
import {
  type Annotate,
  type Attributes,
  databaseSpan,
  failureAttributes,
  peerAttributes,
  serverAttributes
} from "../../connection/DatabaseSpan.ts"
import { commandSlot } from "../../protocol/CommandTable.ts"
import type { CommandArguments } from "../../protocol/Resp.ts"
import type { ClusterConfig, Seed } from "../ClusterConfig.ts"
import type { ClientError } from "../ClusterError.ts"
import type { Result } from "../CommandBatch.ts"
import { failureType } from "../reply/ErrorType.ts"
import type { Node } from "../NodeRegistry.ts"
import type { RedisCommands } from "../RedisCommands.ts"
import type { Router } from "../Router.ts"
import type { Routing } from "../Routing.ts"
import type { TopologyRef } from "../topology/TopologyRef.ts"

/** The same commands with spans around them. */
export const withSpans = (
  commands: RedisCommands,
  config: ClusterConfig,
  routing: Routing
): RedisCommands => {
  const database = { "db.namespace": String(config.database ?? 0) }

  const spanOf = <A, E extends ClientError>(
    args: CommandArguments,
    command: Effect.Effect<A, E>,
    resultsOf?: (result: A) => ReadonlyArray<Result>
  ): Effect.Effect<A, E> =>
    databaseSpan(
      {
        describe: () => {
          const name = String(args[0])
          return { name, attributes: { "db.operation.name": name, ...database } }
        },
        failureType
      },
      (annotate, span) => {
        if (span === undefined) return command
        commandSpans.set(span, annotate)
        return resultsOf === undefined
          ? command
          : Effect.tap(command, (result) => annotateFailure(annotate, resultsOf(result)))
      }
    )

  const executeMany: RedisCommands["executeMany"] = (batch) => {
    const results = commands.executeMany(batch)
    if (batch.length === 0) return results
    const describe = (): { name: string; attributes: Attributes } => {
      const name = operationName(batch)
      return {
        name,
        attributes: {
          "db.operation.name": name,
          ...database,
          ...(batch.length === 1 ? {} : { "db.operation.batch.size": batch.length }),
          ...contactAttributes(config, soleNode(routing, config, batch))
        }
      }
    }
    return databaseSpan({ describe, failureType }, (annotate, span) =>
      span === undefined ? results : Effect.tap(results, (all) => annotateFailure(annotate, all))
    )
  }

  return {
    ...commands,
    executeMany,
    ...(config.spans === "commands"
      ? {
          execute: (...args) => spanOf(args, commands.execute(...args)),
          executeOn: (address, ...args) => spanOf(args, commands.executeOn(address, ...args)),
          executeOnEach: (which, ...args) =>
            spanOf(args, commands.executeOnEach(which, ...args), (replies) =>
              replies.map(({ reply }) => reply)
            )
        }
      : {}),
    withOptions: (options) => withSpans(commands.withOptions(options), config, routing)
  }
}

/** The router and the topology, and the span of a command is told which node they send it to. */
export const withContacts = <A extends { readonly router: Router; readonly topology: TopologyRef }>(
  config: ClusterConfig,
  parts: A
): A => {
  if (config.spans !== "commands") return parts
  const { router, topology } = parts
  const contacted = <N extends Node | undefined>(node: N): N => {
    const span = Option.getOrUndefined(Fiber.getCurrentFiber())?.currentSpan
    if (span !== undefined) commandSpans.get(span)?.(contactAttributes(config, node))
    return node
  }
  return {
    ...parts,
    router: {
      route: (slot, isRead) => contacted(router.route(slot, isRead)),
      reroute: (slot, isRead) => contacted(router.reroute(slot, isRead))
    },
    topology: {
      ...topology,
      moved: (redirection) => Effect.map(topology.moved(redirection), contacted),
      nodeAt: (address) => Effect.map(topology.nodeAt(address), contacted)
    }
  }
}

/** The spans of single commands that are under way. */
const commandSpans = new WeakMap<Tracer.AnySpan, Annotate>()

const contactAttributes = (config: ClusterConfig, node: Seed | undefined): Attributes => {
  if (node === undefined) return {}
  const peer = config.addressMap?.({ host: node.host, port: node.port }) ?? node
  return { ...serverAttributes(node.host, node.port), ...peerAttributes(peer.host, peer.port) }
}

/** `BATCH GET` when all are of one name, else `BATCH`. */
const operationName = (batch: ReadonlyArray<CommandArguments>): string => {
  const name = String(batch[0][0])
  if (batch.length === 1) return name
  return batch.every(([other]) => other === batch[0][0]) ? `BATCH ${name}` : "BATCH"
}

/** The master that all the commands go to, if there is one. */
const soleNode = (
  { knowledge, topology }: Routing,
  { readFrom }: ClusterConfig,
  batch: ReadonlyArray<CommandArguments>
): Node | undefined => {
  const { masters, nodes, topology: current } = topology.unsafeGet()
  if (readFrom !== "master") return undefined
  if (masters.length === 1) return masters[0]
  let sole: Node | undefined
  for (const args of batch) {
    const spec = knowledge.lookup(args)
    const slot = spec === undefined ? -1 : commandSlot(spec, args)
    const node = slot < 0 ? undefined : nodes[current.slots[slot]]
    if (node === undefined || (sole !== undefined && sole !== node)) return undefined
    sole = node
  }
  return sole
}

/** What asks several things does not fail; its span tells of the first that has. */
const annotateFailure = (annotate: Annotate, results: ReadonlyArray<Result>): Effect.Effect<void> =>
  Effect.sync(() => {
    const failed = results.find((result) => result._tag === "Left")
    if (failed?._tag === "Left") annotate(failureAttributes(failureType(failed.left)))
  })
