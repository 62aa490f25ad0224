/** Alerts in groups of one cause over the REST API. */
import { triageActions, triageVerdicts } from '@tenon/analysis'
import { alertLabel, alertSeverity } from '@tenon/db'
import { evidence } from '@tenon/runbook'
import * as z from 'zod'
import { getAlert, labelAlertGroup, listAlertGroups } from '../../alert-view.ts'
import { defineOperation } from '../operation.ts'
import { pageOf, pageQuery, readCursor, writeCursor } from '../page.ts'

const time = z.iso.datetime({ offset: true })
const key = z.string().min(1).max(300)
const texts = z.record(z.string(), z.string())
const verdict = z.enum(triageVerdicts)

const alertSchema = z
  .object({
    id: key,
    fingerprint: z.string(),
    name: z.string(),
    severity: alertSeverity,
    labels: texts,
    annotations: texts,
    startsAt: time,
    endsAt: time.nullable().describe('null while it fires.'),
    source: z.string().describe('The receiver (`runbook/trigger`) or the connection that told of it.'),
    generatorUrl: z.string(),
    entity: z.string().nullable().describe('Of the data model; null when no label leads there.'),
    measure: z.string().nullable(),
    verdict: verdict.nullable().describe('null: not judged yet.'),
    action: z.enum(triageActions).nullable(),
    reason: z.string(),
    runId: z.string().nullable().describe('The run that judged it.'),
    decidedAt: time.nullable(),
    silencedUntil: time.nullable().describe('Its source holds it back until then.'),
    groupKey: key,
  })
  .meta({ id: 'Alert' })

const alertWithEvidence = alertSchema
  .extend({ evidence: z.array(evidence).describe('What its verdict rests on.') })
  .meta({ id: 'AlertWithEvidence' })

const groupSchema = z
  .object({
    key,
    title: z.string(),
    entity: z.string().nullable(),
    severity: alertSeverity,
    count: z.int(),
    firstSeen: time,
    lastSeen: time,
    open: z.boolean().describe('Whether one of its alerts fires.'),
    verdict: verdict.nullable().describe('null: not judged yet.'),
    reason: z.string(),
    runId: z.string().nullable(),
    notifiedAt: time.nullable().describe('When people were told of it.'),
    label: alertLabel.nullable().describe('What people say.'),
    labelledBy: z.string().nullable(),
    silence: z.object({ id: z.string(), until: time, link: z.string() }).nullable(),
    alerts: z.array(alertSchema).describe('Newest first, at most 50.'),
  })
  .meta({ id: 'AlertGroup' })

export const listAlerts = defineOperation({
  id: 'listAlerts',
  method: 'GET',
  path: '/api/v1/alerts',
  summary: 'List alerts',
  description: 'In groups of one cause, newest first, each with what it turned out to be.',
  role: 'viewer',
  query: z.strictObject({
    state: z.enum(['open', 'closed']).optional(),
    verdict: verdict.optional(),
    text: z.string().trim().max(200).optional().describe('In the title, the entity or the reason.'),
    ...pageQuery,
  }),
  responses: { 200: { description: 'A page of groups.', schema: pageOf(groupSchema) } },
  async handler({ query, services, reply }) {
    const { cursor: after, ...rest } = query
    const from = readCursor(key, after)
    const { groups, cursor } = await listAlertGroups(services, {
      ...rest,
      ...(from === undefined ? {} : { cursor: from }),
    })
    return reply(200, { items: groups, next: cursor === null ? null : writeCursor(cursor) })
  },
})

export const getAlertOperation = defineOperation({
  id: 'getAlert',
  method: 'GET',
  path: '/api/v1/alerts/{id}',
  summary: 'Get an alert',
  role: 'viewer',
  params: z.strictObject({ id: key }),
  responses: {
    200: {
      description: 'The alert and its group.',
      schema: z.object({ alert: alertWithEvidence, group: groupSchema }),
    },
  },
  errors: { 'unknown-alert': 'There is no such alert; alerts are kept for 90 days.' },
  handler: async ({ params, services, reply }) => reply(200, await getAlert(services, params.id)),
})

export const labelAlerts = defineOperation({
  id: 'labelAlerts',
  method: 'POST',
  path: '/api/v1/alert-labels',
  summary: 'Label alerts',
  description: 'Says of a group that it was real or noise. Precision is computed from what people say.',
  role: 'operator',
  body: z.strictObject({ group: key, label: alertLabel.nullable().describe('null takes it back.') }),
  responses: { 200: { description: 'The group as it is now.', schema: groupSchema } },
  errors: { 'unknown-alert-group': 'There is no such group: it was merged, or is too old to be kept.' },
  handler: async ({ body, actor, services, reply }) =>
    reply(200, await labelAlertGroup(services, { key: body.group, label: body.label, actor })),
})

export const getAlertPrecision = defineOperation({
  id: 'getAlertPrecision',
  method: 'GET',
  path: '/api/v1/alert-precision',
  summary: 'Get the precision of alerts',
  description:
    'Of the last 30 days: the share of alerts that were real, before triage and of those that people are still told of. By labels where there are any, else by the verdicts themselves, which `basis` says.',
  role: 'viewer',
  responses: {
    200: {
      description: 'Shares; null where there is nothing to count.',
      schema: z
        .object({
          before: z.number().nullable(),
          after: z.number().nullable(),
          labelled: z.int().describe('Groups that people labelled.'),
          basis: z.enum(['labels', 'verdicts']),
          reduction: z.number().nullable().describe('1 - alerts that page / alerts that were judged.'),
          alerts: z.int(),
          pages: z.int(),
          since: time,
        })
        .meta({ id: 'AlertPrecision' }),
    },
  },
  handler: async ({ services: { db }, reply }) => reply(200, await db.alerts.precision()),
})
