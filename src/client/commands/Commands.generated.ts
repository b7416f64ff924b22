// Generated from COMMAND DOCS of redis 7.0.15. Do not edit: `node scripts/generate-commands.mjs` makes it again.
import type { BitmapCommands } from "./BitmapCommands.generated.ts"
import type { ClusterCommands } from "./ClusterCommands.generated.ts"
import type { ConnectionCommands } from "./ConnectionCommands.generated.ts"
import type { FunctionCommands } from "./FunctionCommands.generated.ts"
import type { GeoCommands } from "./GeoCommands.generated.ts"
import type { HashCommands } from "./HashCommands.generated.ts"
import type { HyperLogLogCommands } from "./HyperLogLogCommands.generated.ts"
import type { KeyCommands } from "./KeyCommands.generated.ts"
import type { ListCommands } from "./ListCommands.generated.ts"
import type { PubSubCommands } from "./PubSubCommands.generated.ts"
import type { ScriptingCommands } from "./ScriptingCommands.generated.ts"
import type { ServerCommands } from "./ServerCommands.generated.ts"
import type { SetCommands } from "./SetCommands.generated.ts"
import type { SortedSetCommands } from "./SortedSetCommands.generated.ts"
import type { StreamCommands } from "./StreamCommands.generated.ts"
import type { StringCommands } from "./StringCommands.generated.ts"

/** Every command as a method. `V` is what is stored, `K` a key or a field. */
export interface Commands<V, K>
  extends StringCommands<V, K>,
    BitmapCommands<V, K>,
    HashCommands<V, K>,
    ListCommands<V, K>,
    SetCommands<V, K>,
    SortedSetCommands<V, K>,
    StreamCommands<V, K>,
    GeoCommands<V, K>,
    HyperLogLogCommands<V, K>,
    KeyCommands<V, K>,
    ScriptingCommands<V, K>,
    FunctionCommands<V, K>,
    PubSubCommands<V, K>,
    ConnectionCommands<V, K>,
    ServerCommands<V, K>,
    ClusterCommands<V, K> {}
