/** Names that a client may give itself: as Redis has it, printable ASCII without blanks. */
import { error } from "../dispatch/Replies.ts"

export const isClientName = (name: string): boolean => /^[!-~]*$/.test(name)

export const NAME_REFUSED = error("ERR Client names cannot contain spaces, newlines or special characters.")
