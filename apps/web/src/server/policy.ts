/**
 * Who may do what. ONE table for every tRPC procedure and the routes of the pages; operations of the REST API carry their role in their own
 * declaration (rest/operations.ts lists them). What has neither is refused, and a test fails for it. It is decided in one tRPC middleware
 * (api/trpc.ts) and one place of the REST API (rest/answer-request.ts), and nowhere else.
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
  'runbooks.templates': 'viewer',
  'runbooks.check': 'viewer',
  'runbooks.upgrade': 'viewer',
  'runbooks.create': 'editor',
  'runbooks.saveDraft': 'editor',
  'runbooks.publish': 'editor',
  'runbooks.rollback': 'editor',
  'runbooks.version': 'viewer',
  'runbooks.diff': 'viewer',
  'runbooks.export': 'viewer',
  'runbooks.delete': 'admin',

  'environments.list': 'viewer',
  'environments.save': 'admin',

  'triggers.list': 'viewer',
  'triggers.pause': 'operator',
  'triggers.resume': 'operator',
  'triggers.backfillTimes': 'viewer',
  'triggers.backfill': 'operator',
  'triggers.inbound': 'viewer',
  'triggers.inboundEvent': 'viewer',

  'runs.start': 'operator',
  'runs.list': 'viewer',
  'runs.get': 'viewer',
  'runs.rerun': 'operator',
  'runs.compare': 'viewer',
  'pins.list': 'viewer',
  'pins.set': 'editor',
  'pins.remove': 'editor',
  'runs.cancel': 'operator',

  'coverage.get': 'viewer',
  'diagnose.preview': 'viewer',
  'diagnose.start': 'operator',

  'tests.run': 'viewer',
  'tests.addRun': 'editor',

  'backtests.list': 'viewer',
  'backtests.get': 'viewer',
  'backtests.start': 'operator',
  'backtests.cancel': 'operator',
  'backtests.label': 'operator',

  'approvals.list': 'viewer',
  'approvals.get': 'viewer',
  'approvals.decide': 'operator',

  'actions.inEffect': 'viewer',
  'actions.ledger': 'viewer',
  'actions.count': 'viewer',
  'actions.choices': 'viewer',
  'actions.get': 'viewer',
  'actions.revert': 'operator',
  'actions.renew': 'operator',
  'actions.keep': 'operator',
  'actions.settle': 'operator',

  'actionRules.get': 'viewer',
  'actionRules.setPolicy': 'admin',
  'actionRules.grant': 'admin',

  'breakers.list': 'viewer',
  'breakers.watched': 'viewer',
  'breakers.webhooks': 'operator',
  'breakers.start': 'operator',
  'breakers.end': 'operator',

  'writes.stops': 'viewer',
  'writes.scopes': 'viewer',
  'writes.stop': 'operator',
  'writes.resume': 'operator',
  'writes.glass': 'viewer',
  'writes.breakGlass': 'admin',
  'writes.mendGlass': 'operator',

  'calendars.list': 'viewer',
  'calendars.save': 'admin',
  'calendars.remove': 'admin',
  'calendars.askException': 'operator',
  'calendars.confirmException': 'admin',

  'alerts.list': 'viewer',
  'alerts.get': 'viewer',
  'alerts.precision': 'viewer',
  'alerts.settings': 'viewer',
  'alerts.label': 'operator',
  'alerts.setSuppression': 'admin',

  'changes.list': 'viewer',
  'inbox.list': 'viewer',
  'inbox.unread': 'viewer',
  'inbox.markRead': 'viewer',

  'data.search': 'viewer',
  'data.service': 'viewer',
  'data.entityPage': 'viewer',
  'data.query': 'viewer',
  'data.entities': 'viewer',
  'data.relations': 'viewer',
  'data.compute': 'operator',
  'data.kept': 'viewer',

  'model.files': 'viewer',
  'model.file': 'viewer',
  'model.state': 'viewer',
  'model.check': 'viewer',
  'model.history': 'viewer',
  'model.revision': 'viewer',
  'model.validate': 'editor',
  'model.save': 'editor',
  'model.remove': 'editor',
  'model.discover': 'editor',
  'model.proposals': 'viewer',
  'model.proposal': 'viewer',
  'model.accept': 'editor',
  'model.reject': 'editor',

  // A view shows what its maker could see: its link opens for whoever is signed in, and for nobody else.
  'views.get': 'viewer',
  'views.list': 'viewer',
  'views.grafana': 'viewer',
  'views.create': 'operator',
  'views.delete': 'operator',

  'reports.get': 'viewer',
  'reports.ofRun': 'viewer',
  'reports.file': 'viewer',
  'reports.freeze': 'operator',
  'reports.delete': 'operator',

  'settings.connections.list': 'admin',
  'settings.connections.save': 'admin',
  'settings.connections.remove': 'admin',
  'settings.connections.test': 'admin',
  'settings.paging.get': 'admin',
  'settings.paging.set': 'admin',
  'settings.paging.test': 'admin',
  'settings.tokens.list': 'admin',
  'settings.tokens.create': 'admin',
  'settings.tokens.revoke': 'admin',
  'settings.users.list': 'admin',
  'settings.users.invite': 'admin',
  'settings.users.setRole': 'admin',
  'settings.users.disable': 'admin',

  'GET /api/live': 'viewer',
  'GET /actions/export': 'viewer',
} as const satisfies Record<string, Access>

export type Operation = keyof typeof policy

export type Decision =
  | { allowed: true }
  | { allowed: false; reason: 'no-policy' }
  | { allowed: false; reason: 'unauthenticated' }
  | { allowed: false; reason: 'role'; needed: Role }

/** @param operation a procedure's path (`runs.start`) or a route of the pages (`GET /api/live`). */
export function decide(operation: string, actor: Actor | null): Decision {
  return allow(Object.hasOwn(policy, operation) ? policy[operation as Operation] : undefined, actor)
}

/** @param access what the thing that is asked for says; nobody may what says nothing. */
export function allow(access: Access | undefined, actor: Actor | null): Decision {
  if (access === undefined) return { allowed: false, reason: 'no-policy' }
  if (access === 'anyone') return { allowed: true }
  if (!actor) return { allowed: false, reason: 'unauthenticated' }
  return roleIncludes(actor.role, access) ? { allowed: true } : { allowed: false, reason: 'role', needed: access }
}
