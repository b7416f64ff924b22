/** The command-line tool, bundled into dist/program.cjs; its worker threads begin here too. */
import { isMainThread } from "node:worker_threads"
import { WORKER_ARGUMENT } from "./app/fill/worker/WorkerArgument.ts"

/** The version of package.json, put in by the bundler. */
declare const __PACKAGE_VERSION__: string

const run = async (argv: ReadonlyArray<string>): Promise<void> => {
  // Modules behind a dynamic import are evaluated only when it runs, also within one bundle.
  if (!isMainThread) {
    const { serve } = await import("./app/bench/LoadWorker.ts")
    serve()
  } else if (argv.length === 1 && argv[0] === "--version") {
    process.stdout.write(`${__PACKAGE_VERSION__}\n`)
  } else if (argv[0] === WORKER_ARGUMENT && process.send !== undefined) {
    const { runWorker } = await import("./app/fill/worker/WorkerMain.ts")
    runWorker()
  } else {
    const [{ launch }, { COMMAND_NAMES, loadFor }] = await Promise.all([
      import("./app/Launch.ts"),
      import("./app/Commands.ts")
    ])
    launch(await loadFor(argv), COMMAND_NAMES, argv, __PACKAGE_VERSION__)
  }
}

void run(process.argv.slice(2))
