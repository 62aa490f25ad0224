/** Frozen views over the REST API. */
import { dataQuality, point } from '@tenon/runbook'
import * as z from 'zod'
import { isoTime } from '../../iso-time.ts'
import { createView, deleteView, getView, grafanaOf } from '../../views.ts'
import { defineOperation } from '../operation.ts'
import { wholeList } from '../page.ts'

const id = z.string().min(1).max(64)
const label = z.string().max(200)
const time = z.iso.datetime({ offset: true })
const filters = z.record(label, z.union([label, z.array(label).max(100)]))

const summary = { id, title: z.string(), createdBy: z.string(), createdAt: time, expiresAt: time }

const viewSchema = z
  .object({
    ...summary,
    link: z.string().describe('Its page, for whoever may sign in.'),
    from: time,
    to: time,
    stepSeconds: z.int(),
    series: z.array(
      z.object({
        measure: z.string(),
        title: z.string(),
        unit: z.string(),
        bad: z.enum(['down', 'up', 'both']),
        where: filters,
        groupBy: z.array(z.string()),
        series: z.array(
          z.object({ dimensions: z.record(z.string(), z.string()), points: z.array(point), quality: dataQuality }),
        ),
        quality: dataQuality,
        query: z.unknown().describe('How it was asked: of one source, or by a formula over others.'),
      }),
    ),
  })
  .meta({ id: 'DataView' })

const errors = { 'unknown-view': 'There is no such view: it has expired or was deleted.' }

export const createViewOperation = defineOperation({
  id: 'createView',
  method: 'POST',
  path: '/api/v1/views',
  summary: 'Freeze a view',
  description: 'Reads the chosen series now and keeps them, with their quality and queries, until the view expires.',
  role: 'operator',
  body: z.strictObject({
    title: z.string().trim().min(1).max(200),
    series: z
      .array(
        z.strictObject({
          measure: label.describe('`payment.succeeded`'),
          where: filters.default({}),
          groupBy: z.array(label).max(5).optional(),
        }),
      )
      .min(1)
      .max(200),
    from: isoTime,
    to: isoTime,
    stepSeconds: z.int().min(1).max(86_400),
    expiresInDays: z.int().min(1).max(366).default(30),
  }),
  responses: { 201: { description: 'It is frozen.', schema: z.object({ id, link: z.string() }) } },
  errors: {
    'unknown-measure': 'The model has no such measure.',
    'query-too-large': 'It would have more points than a view holds.',
  },
  async handler({ body, actor, services, reply }) {
    const { from, to, ...rest } = body
    const made = await createView(services, { ...rest, from: Date.parse(from), to: Date.parse(to), actor })
    return reply(201, made, { location: `/api/v1/views/${made.id}` })
  },
})

export const listViews = defineOperation({
  id: 'listViews',
  method: 'GET',
  path: '/api/v1/views',
  summary: 'List views',
  role: 'viewer',
  responses: {
    200: { description: 'Newest first.', schema: wholeList(z.object(summary).meta({ id: 'DataViewSummary' })) },
  },
  handler: async ({ services: { db }, reply }) => reply(200, { items: await db.views.list(), next: null }),
})

export const getViewOperation = defineOperation({
  id: 'getView',
  method: 'GET',
  path: '/api/v1/views/{id}',
  summary: 'Get a view',
  role: 'viewer',
  params: z.strictObject({ id }),
  responses: { 200: { description: 'As it was frozen.', schema: viewSchema } },
  errors,
  handler: async ({ params, services, reply }) => reply(200, await getView(services, params.id)),
})

export const deleteViewOperation = defineOperation({
  id: 'deleteView',
  method: 'DELETE',
  path: '/api/v1/views/{id}',
  summary: 'Delete a view',
  description: 'Whoever made it may, and admins.',
  role: 'operator',
  params: z.strictObject({ id }),
  responses: { 200: { description: 'It is gone.', schema: z.object({ deleted: z.literal(true) }) } },
  errors,
  async handler({ params, actor, services, reply }) {
    await deleteView(services, { id: params.id, actor })
    return reply(200, { deleted: true })
  },
})

export const getViewGrafana = defineOperation({
  id: 'getViewGrafana',
  method: 'GET',
  path: '/api/v1/views/{id}/grafana',
  summary: 'Export a view as a Grafana dashboard',
  description:
    'Dashboard JSON for Grafana’s “Import”. Panels ask the very expressions; each connection is a variable of type data source, so nothing has to be named alike.',
  role: 'viewer',
  params: z.strictObject({ id }),
  responses: {
    200: { description: 'The dashboard.', schema: z.record(z.string(), z.unknown()).meta({ id: 'GrafanaDashboard' }) },
  },
  errors,
  handler: async ({ params, services, reply }) => reply(200, { ...(await grafanaOf(services, params.id)) }),
})
