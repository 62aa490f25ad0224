/** An entity with all that is known of it: what can be asked, what it is linked to, what changed and which alerts came. */
import { DataError, indexModel, type Entity, type RelationResult } from '@tenon/data'
import * as z from 'zod'
import { changeView, type ChangeView } from '../change-view.ts'
import type { Services } from '../services.ts'

export interface EntityView {
  entity: Entity
  measures: { ref: string; title: string; unit: string; kind: string }[]
  /** One hop, both ways; at most 200 links. */
  relations: Omit<RelationResult, 'root'>
  /** Of the last 24 hours that name it, its hosts or its zone; newest first. */
  changes: ChangeView[]
  /** That came to our webhooks in the last 24 hours with a label of its name; newest first, one an alert. */
  alerts: AlertOfEntity[]
}

export interface AlertOfEntity {
  /** Of the inbound event. */
  id: string
  name: string
  state: 'firing' | 'resolved'
  receivedAt: string
  summary: string
  runId: string | null
}

const day = 86_400_000
const mostLinks = 200
const mostAlerts = 20

/** @throws DataError `unknown-entity` */
export async function entityView({ data, db }: Pick<Services, 'data' | 'db'>, id: string): Promise<EntityView> {
  const service = await data()
  const index = indexModel(service.model)
  const entity = index.entity(id)
  if (!entity)
    throw new DataError('unknown-entity', `The model has no entity "${id}".`, { fix: 'Search the catalogue for it.' })
  const now = Date.now()
  const [relations, changes, events] = await Promise.all([
    service.relation({ entity: id, direction: 'both' }),
    db.changes.between(now - day, now),
    db.inbound.list({ limit: 200 }),
  ])
  const links = relations.links.slice(0, mostLinks)
  const linked = new Set([id, ...links.flatMap(({ from, to }) => [from, to])])
  return {
    entity,
    measures: index.measuresOf(id).map(({ ref, measure: { title, unit, kind } }) => ({ ref, title, unit, kind })),
    relations: { entities: relations.entities.filter((one) => linked.has(one.id)), links },
    changes: changes.filter(({ scope }) => concerns(entity, scope)).map(changeView),
    alerts: alertsOf(entity, events, now),
  }
}

function concerns({ id, kind, attributes }: Entity, scope: ChangeView['scope']): boolean {
  if (scope.entity === id || (scope.hosts ?? []).includes(id)) return true
  return kind === 'zone' && scope.zone !== undefined && [id, attributes['zone']].includes(scope.zone)
}

const alert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()).default({}),
  fingerprint: z.string().optional(),
})

/** Each alert in its newest state. */
function alertsOf(
  entity: Entity,
  events: Awaited<ReturnType<Services['db']['inbound']['list']>>,
  now: number,
): AlertOfEntity[] {
  const found = new Map<string, AlertOfEntity>()
  for (const event of events) {
    if (event.kind !== 'webhook' || now - Date.parse(event.receivedAt) > day) continue
    const { data } = alert.safeParse(event.payload)
    if (!data || !Object.values(data.labels).includes(entity.id)) continue
    const key = data.fingerprint ?? JSON.stringify(data.labels)
    if (found.has(key) || found.size >= mostAlerts) continue
    found.set(key, {
      id: event.id,
      name: data.labels['alertname'] ?? 'alert',
      state: data.status,
      receivedAt: event.receivedAt,
      summary: data.annotations['summary'] ?? data.annotations['description'] ?? '',
      runId: event.runId,
    })
  }
  return [...found.values()]
}
