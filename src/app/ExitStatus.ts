/** What the process ends with. */
export const DONE = 0
/** The operation failed, or was only partly done. */
export const FAILED = 1
/** The command line is wrong; nothing was tried. */
export const USAGE = 2
/** No first connection, or authentication or TLS refused. */
export const NOT_CONNECTED = 3

/** The signals that end the program in good order. */
export type EndingSignal = "SIGHUP" | "SIGINT" | "SIGTERM"

/** What the shell reports for a program that a signal ended: 128 and the signal's number. */
export const SIGNAL_STATUS: Readonly<Record<EndingSignal, number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143
}
