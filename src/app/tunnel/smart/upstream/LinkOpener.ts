/** Opens connections for the forwarder, which knows no Effect. */
import type { RawPipeline } from "../../../../connection/RawPipeline.ts"
import type { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import type { Flavor } from "./Flavor.ts"

export interface OpenedLink {
  readonly pipeline: RawPipeline
  /** `host:port` of the node. */
  readonly address: string
  readonly flavor: Flavor
  /** CLIENT ID of the connection at the node. */
  readonly clientId: number
}

export interface LinkOpener {
  /** Calls back once; not within this call. */
  open(
    address: string,
    flavor: Flavor,
    purpose: "shared" | "private",
    opened: (link: OpenedLink | PipelineFailure) => void
  ): void
}
