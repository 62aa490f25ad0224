/**
 * Alertmanager's webhook, version 4: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 *
 * Each alert is an event of its own, because each is a thing of its own to diagnose and what Alertmanager puts together depends on its timing. Its id is the
 * group's key, the alert's fingerprint, its state and when it began: what Alertmanager repeats while nothing changes is the same event, and an alert that
 * ended and fires again is another. For one run a group: `concurrency: { key: "${trigger.payload.groupKey}", policy: join }`.
 */
import * as z from 'zod'
import { anyType, type ValueType } from '../value-type.ts'
import type { WebhookFormat } from './incoming-event.ts'
import { objectType, textType } from './event-types.ts'
import { readEventObject, shapeProblem, tooMany } from './read-event-json.ts'

const texts = z.record(z.string(), z.string())

const alert = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: texts,
  annotations: texts.default({}),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.string().optional(),
  generatorURL: z.string().default(''),
  fingerprint: z.string().min(1).max(200),
})

const notification = z.looseObject({
  version: z.literal('4'),
  groupKey: z.string().max(4000),
  receiver: z.string().default(''),
  status: z.enum(['firing', 'resolved']),
  groupLabels: texts.default({}),
  commonLabels: texts.default({}),
  commonAnnotations: texts.default({}),
  externalURL: z.string().default(''),
  alerts: z.array(z.unknown()).min(1),
})

/** Alertmanager writes an end that is not known as the year 1. */
const noEnd = /^0001-/

export const alertmanager: WebhookFormat = {
  parse({ body }) {
    const read = readEventObject(body)
    if (!read.ok) return read
    const group = notification.safeParse(read.value)
    const fix = 'Let a webhook_config of Alertmanager send it, version 4.'
    if (!group.success) return shapeProblem(group.error, { what: 'notification of Alertmanager', fix })
    const { alerts, groupKey, receiver, groupLabels, commonLabels, commonAnnotations, externalURL } = group.data
    const excess = tooMany(alerts.length, 'alerts')
    if (excess) return excess
    const events = []
    for (const [index, raw] of alerts.entries()) {
      const parsed = alert.safeParse(raw)
      if (!parsed.success) return shapeProblem(parsed.error, { what: 'alert', at: ['alerts', index], fix })
      const { status, labels, annotations, startsAt, endsAt, generatorURL, fingerprint } = parsed.data
      events.push({
        id: [groupKey, fingerprint, startsAt, status].join(' '),
        event: {
          status,
          labels,
          annotations,
          startsAt,
          endsAt: endsAt === undefined || noEnd.test(endsAt) ? null : endsAt,
          generatorURL,
          fingerprint,
          groupKey,
          receiver,
          groupLabels,
          commonLabels,
          commonAnnotations,
          externalURL,
        },
      })
    }
    return { ok: true, events, signedIds: true }
  },

  type: objectType({
    status: { kind: 'string', values: ['firing', 'resolved'] },
    labels: textMap(),
    annotations: textMap(),
    startsAt: textType,
    endsAt: anyType,
    generatorURL: textType,
    fingerprint: textType,
    groupKey: textType,
    receiver: textType,
    groupLabels: textMap(),
    commonLabels: textMap(),
    commonAnnotations: textMap(),
    externalURL: textType,
  }),
}

function textMap(): ValueType {
  return { kind: 'object', fields: {}, rest: textType }
}
