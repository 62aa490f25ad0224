/** What writes can be stopped for, by what exists: a stop that holds for nothing would look like safety. */
import { ActionError, actionKind, splitTarget, type StopScope } from '@tenon/actions'
import type { ConnectionKind } from '@tenon/db'
import type { Services } from './services.ts'

export type NarrowScope = Exclude<StopScope['of'], 'all'>

export interface ScopeChoice {
  name: string
  /** What people know of it; null when the name is all. */
  note: string | null
}

/** Through which kinds actions go; apps/worker `drivers.ts` has a driver for each. */
const changes: Record<ConnectionKind, boolean> = {
  haproxy: true,
  'http-edge': true,
  nginx: true,
  envoy: true,
  kubernetes: true,
  alertmanager: true,
  postgres: true,
  prometheus: false,
  mysql: false,
  clickhouse: false,
  loki: false,
  elasticsearch: false,
  'http-json': false,
  files: false,
  backstage: false,
  webhook: false,
  hook: false,
}

const mostChoices = 50

/** Those whose name or note has `text` in it, at most 50: names before notes, then by name. */
export async function scopeChoices(services: Services, of: NarrowScope, text: string): Promise<ScopeChoice[]> {
  const wanted = text.trim().toLowerCase()
  const all = await choices(services, of)
  const named = all.filter(({ name }) => name.toLowerCase().includes(wanted))
  const noted = all.filter((choice) => !named.includes(choice) && choice.note?.toLowerCase().includes(wanted))
  return [...named, ...noted].slice(0, mostChoices)
}

/** @throws ActionError `bad-request` for what does not exist. */
export async function assertKnownScope(services: Services, scope: StopScope): Promise<void> {
  if (scope.of === 'all' || scope.of === 'kind') return
  const name = nameOf(scope)
  if ((await choices(services, scope.of)).some((choice) => choice.name === name)) return
  throw new ActionError('bad-request', `There is no ${scope.of} "${name}", so it would hold for nothing.`, {
    fix: scope.of === 'target' ? 'Name one that there is, or the whole connection.' : 'Name one that there is.',
  })
}

function nameOf(scope: Exclude<StopScope, { of: 'all' }>): string {
  switch (scope.of) {
    case 'connection':
      return scope.connection
    case 'target':
      return scope.target
    case 'kind':
      return scope.kind
    case 'runbook':
      return scope.runbook
  }
}

async function choices(services: Services, of: NarrowScope): Promise<ScopeChoice[]> {
  switch (of) {
    case 'connection':
      return connections(services)
    case 'target':
      return targets(services)
    case 'kind':
      return actionKind.options.map((name) => ({ name, note: null }))
    case 'runbook':
      return (await services.db.runbooks.list()).map(({ name, title }) => ({ name, note: title }))
  }
}

/** Also one that is gone from Settings while something acted through it may still be in effect. */
async function connections({ db }: Services): Promise<ScopeChoice[]> {
  const [rows, acted] = await Promise.all([db.connections.list(), db.actedTargets()])
  const notes = new Map<string, string | null>(acted.map((target) => [splitTarget(target)[0], null]))
  for (const { name, kind } of rows) if (changes[kind] || notes.has(name)) notes.set(name, kind)
  return byName(notes)
}

/** What was acted on, and what the model says can be. */
async function targets({ db, data }: Services): Promise<ScopeChoice[]> {
  const [acted, { model }] = await Promise.all([db.actedTargets(), data()])
  const notes = new Map<string, string | null>(acted.map((target) => [target, null]))
  for (const { edge, workload, title, id } of model.entities)
    for (const place of [edge, workload])
      if (place) {
        const { connection, backend } = place
        notes.set(`${connection}/${backend}`, backend === '*' ? `all of ${connection}` : (title ?? id))
      }
  return byName(notes)
}

const byName = (notes: ReadonlyMap<string, string | null>): ScopeChoice[] =>
  [...notes].map(([name, note]) => ({ name, note })).toSorted((a, b) => a.name.localeCompare(b.name))
