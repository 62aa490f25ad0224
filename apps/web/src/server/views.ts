/** Frozen views: exactly the chosen series, as they were, until a time. */
import { freezeView, frozenMeasures, grafanaDashboard, type DataQuery } from '@tenon/data'
import { actorKey, labelOf, type Actor } from './actor.ts'
import { ApiError } from './errors.ts'
import type { Services } from './services.ts'

export interface ViewRequest {
  title: string
  series: readonly Pick<DataQuery, 'measure' | 'where' | 'groupBy'>[]
  from: number
  to: number
  stepSeconds: number
  expiresInDays: number
  actor: Actor
  signal?: AbortSignal
}

const dayMs = 86_400_000

/** Reads the series now and keeps them. The link says nothing that could be guessed, and opens for whoever may see views. */
export async function createView(services: Services, request: ViewRequest): Promise<{ id: string; link: string }> {
  const { title, series, from, to, stepSeconds, expiresInDays, actor, signal } = request
  const { db } = services
  const [data, connections] = await Promise.all([services.data(), db.connections.list()])
  const kinds = new Map<string, string>(connections.map(({ name, kind }) => [name, kind]))
  const now = Date.now()
  const frozen = await freezeView(
    data,
    { series, from, to, stepSeconds, asOf: now },
    { kindOf: (source) => kinds.get(source) ?? null, ...(signal ? { signal } : {}) },
  )
  const expiresAt = now + expiresInDays * dayMs
  const id = await db.views.create({ title, series: frozen, from, to, stepSeconds, expiresAt, by: labelOf(actor) })
  await db.audit.append({ actor: actorKey(actor), action: 'views.create', subject: id, detail: { title } })
  return { id, link: linkOf(services, id) }
}

/** @throws ApiError `unknown-view` */
export async function getView(services: Pick<Services, 'db' | 'configuration'>, id: string) {
  const view = await services.db.views.get(id)
  if (view) return { ...view, series: frozenMeasures.parse(view.series), link: linkOf(services, id) }
  throw new ApiError({
    status: 404,
    code: 'unknown-view',
    message: 'There is no such view.',
    fix: 'It has expired or was deleted: ask who sent the link for a new one.',
  })
}

/** @throws ApiError `unknown-view` */
export async function grafanaOf(services: Pick<Services, 'db' | 'configuration'>, id: string) {
  const { title, from, to, stepSeconds, series, link } = await getView(services, id)
  return grafanaDashboard({ id, title, from, to, stepSeconds, measures: series, link })
}

/** Whoever made it may, and admins. @throws ApiError `role-too-low`; DbError `unknown-view` */
export async function deleteView({ db }: Pick<Services, 'db'>, { id, actor }: { id: string; actor: Actor }) {
  const view = await db.views.get(id)
  if (view && view.createdBy !== labelOf(actor) && actor.role !== 'admin') {
    throw new ApiError({
      status: 403,
      code: 'role-too-low',
      message: `${view.createdBy} made this view; only they and admins delete it.`,
      fix: 'Ask them, or wait until it expires.',
    })
  }
  await db.views.delete(id)
  await db.audit.append({ actor: actorKey(actor), action: 'views.delete', subject: id })
}

const linkOf = ({ configuration }: Pick<Services, 'configuration'>, id: string): string =>
  `${configuration.publicUrl}/data/views/${id}`
