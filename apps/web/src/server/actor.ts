import type { Role } from '@tenon/db'

/** Who asks. Only authenticated ones exist; nobody is `null`. */
export type Actor =
  | { kind: 'user'; id: string; name: string; email: string; role: Role }
  | { kind: 'token'; id: string; name: string; role: Role }

/** As people and workflows know an actor: an e-mail address, or `token:<name>`. */
export function labelOf(actor: Actor): string {
  return actor.kind === 'user' ? actor.email : `token:${actor.name}`
}

/** For the audit log: stays the same when names change. */
export function actorKey(actor: Actor): string {
  return `${actor.kind}:${actor.id}`
}
