import type { Role } from '@tenon/db'
import { tokenLabel } from '@tenon/runbook'

/** Who asks. Only authenticated ones exist; nobody is `null`. */
export type Actor =
  | { kind: 'user'; id: string; name: string; email: string; role: Role }
  /** `person`: the address of whoever it was made for. */
  | { kind: 'token'; id: string; name: string; person: string; role: Role }

/** As people and workflows know an actor: an e-mail address, or `token:<name> of <address>`. */
export function labelOf(actor: Actor): string {
  return actor.kind === 'user' ? actor.email : tokenLabel(actor)
}

/** For the audit log: stays the same when names change. */
export function actorKey(actor: Actor): string {
  return `${actor.kind}:${actor.id}`
}
