// A vitest reporter that writes what scripts/test.mjs prints as its last line. It goes through a file, because
// whatever a reporter prints may be followed by vitest's own words.
import { writeFileSync } from "node:fs"
import { relative } from "node:path"

/** The environment variable that holds the path of the file. */
export const SUMMARY_FILE = "VITEST_SUMMARY_FILE"

export default class VitestSummary {
  /** A file that fails to load has no tests, and an error outside of any test belongs to none: each counts as one. */
  onTestRunEnd(modules, unhandledErrors) {
    const summary = { passed: 0, failed: unhandledErrors.length, skipped: 0, retried: [] }
    for (const module of modules) {
      const failedBefore = summary.failed
      for (const test of module.children.allTests()) {
        if (test.diagnostic()?.flaky === true)
          summary.retried.push(`${relative(".", module.moduleId)}: ${test.fullName}`)
        summary[test.result().state === "pending" ? "failed" : test.result().state] += 1
      }
      if (!module.ok() && summary.failed === failedBefore) summary.failed += 1
    }
    const path = process.env[SUMMARY_FILE]
    if (path !== undefined) writeFileSync(path, JSON.stringify(summary))
  }
}
