#!/usr/bin/env node
// Compares the client with ioredis and node-redis on one real cluster: node benchmark/commands/run.mjs [--quick]
// The measuring programs are TypeScript and run as bundles; what they compare is loaded from node_modules as it is.
import { join } from "node:path"
import { chdir } from "node:process"
import { fileURLToPath, pathToFileURL } from "node:url"
import { build } from "esbuild"
import { ROOT } from "../../scripts/setup.mjs"

const HERE = fileURLToPath(new URL(".", import.meta.url))
/** Within node_modules, so that the bundles find the packages. */
const BUNDLES = join(ROOT, "node_modules", ".cache", "effect-redis-client", "benchmark-commands")

await build({
  entryPoints: [join(HERE, "Comparison.ts"), join(HERE, "SideProcess.ts")],
  outdir: BUNDLES,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  packages: "external",
  format: "esm",
  platform: "node",
  target: "node20",
  logLevel: "warning"
})
chdir(ROOT)
await import(pathToFileURL(join(BUNDLES, "Comparison.mjs")).href)
