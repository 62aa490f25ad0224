/**
 * Who may do what: ONE table for every tRPC procedure and REST route. What is not listed is refused, and a test fails for it. It is read in
 * one tRPC middleware (api/trpc.ts) and one REST wrapper (rest/route.ts), and nowhere else.
 */
import { roleIncludes, type Role } from '@tenon/db'
import type { Actor } from './actor.ts'

/** `anyone` needs no sign-in; a role includes all roles above it. */
export type Access = 'anyone' | Role

export const policy = {
  'session.me': 'anyone',
  'session.link': 'anyone',
  'session.claimLink': 'anyone',
  'session.setPassword': 'viewer',

  'now.get': 'viewer',
  'now.chains': 'viewer',
  'catalogue.get': 'viewer',

  'runbooks.list': 'viewer',
  'runbooks.get': 'viewer',
  'runbooks.check': 'viewer',
  'runbooks.create': 'editor',
  'runbooks.saveDraft': 'editor',
  'runbooks.publish': 'editor',
  'runbooks.rollback': 'editor',
  'runbooks.setSchedulePaused': 'editor',
  'runbooks.delete': 'admin',

  'runs.start': 'operator',
  'runs.list': 'viewer',
  'runs.get': 'viewer',
  'runs.cancel': 'operator',

  'approvals.list': 'viewer',
  'approvals.get': 'viewer',
  'approvals.decide': 'operator',

  'actions.list': 'viewer',
  'actions.get': 'viewer',
  'actions.revert': 'operator',
  'actions.renew': 'operator',

  'writes.status': 'viewer',
  'writes.stop': 'operator',
  'writes.resume': 'operator',

  'changes.list': 'viewer',
  'inbox.list': 'viewer',
  'inbox.unread': 'viewer',
  'inbox.markRead': 'viewer',

  'data.query': 'viewer',
  'data.entities': 'viewer',
  'data.relations': 'viewer',

  'settings.connections.list': 'admin',
  'settings.connections.save': 'admin',
  'settings.connections.remove': 'admin',
  'settings.connections.test': 'admin',
  'settings.tokens.list': 'admin',
  'settings.tokens.create': 'admin',
  'settings.tokens.revoke': 'admin',
  'settings.users.list': 'admin',
  'settings.users.invite': 'admin',
  'settings.users.setRole': 'admin',
  'settings.users.disable': 'admin',

  'GET /api/live': 'viewer',
  'POST /api/v1/runbooks/{name}/runs': 'operator',
  'GET /api/v1/runs/{id}': 'viewer',
  'POST /api/v1/changes': 'operator',
  'GET /healthz': 'anyone',
  'GET /readyz': 'anyone',
} as const satisfies Record<string, Access>

export type Operation = keyof typeof policy

export type Decision =
  | { allowed: true }
  | { allowed: false; reason: 'no-policy' }
  | { allowed: false; reason: 'unauthenticated' }
  | { allowed: false; reason: 'role'; needed: Role }

/** @param operation a procedure's path (`runs.start`) or a route (`GET /api/v1/runs/{id}`). */
export function decide(operation: string, actor: Actor | null): Decision {
  if (!Object.hasOwn(policy, operation)) return { allowed: false, reason: 'no-policy' }
  const access: Access = policy[operation as Operation]
  if (access === 'anyone') return { allowed: true }
  if (!actor) return { allowed: false, reason: 'unauthenticated' }
  return roleIncludes(actor.role, access) ? { allowed: true } : { allowed: false, reason: 'role', needed: access }
}
