/** Everything that is compared, in the order of the table. */
import type { SideSpec } from "./Side.ts"
import { effectSides } from "./sides/EffectSides.ts"
import { ioredisSides } from "./sides/IoredisSides.ts"
import { nodeRedisSides } from "./sides/NodeRedisSides.ts"

export const SIDES: ReadonlyArray<SideSpec> = [...effectSides, ...ioredisSides, ...nodeRedisSides]

/** The side that the others are measured against. */
export const BASELINE = "ioredis"
