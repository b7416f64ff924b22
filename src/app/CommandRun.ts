import * as Context from "effect/Context"

/** A JSON object, as far as it is known. */
export type JsonDocument = Readonly<Record<string, unknown>>

/**
 * What a running command tells the program about how it is to end: one per
 * process, so that it is also there when the command is interrupted.
 */
export class CommandRun extends Context.Reference<CommandRun>()("effect-redis-client/CommandRun", {
  defaultValue: (): CommandRunState => new CommandRunState()
}) {}

export class CommandRunState {
  private makePartial: (() => JsonDocument) | undefined
  private endsWell = false

  /**
   * What `--json` prints beside `error` when the command fails or a signal ends
   * it: the command's document as far as it has come. Asked for at that time.
   */
  onFailure(partial: () => JsonDocument): void {
    this.makePartial = partial
  }

  /** A signal is the ordinary end of this command (tunn, a sandbox without a command): status 0. */
  endsWithSignal(): void {
    this.endsWell = true
  }

  get partial(): JsonDocument {
    return this.makePartial?.() ?? {}
  }

  get isEndedBySignal(): boolean {
    return this.endsWell
  }
}
