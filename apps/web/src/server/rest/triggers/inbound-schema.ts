/** Inbound events as the REST API gives them. */
import { inboundDisposition, type InboundRow } from '@tenon/db'
import * as z from 'zod'
import { environmentName, time } from '../runs/run-schema.ts'

const fields = {
  id: z.string(),
  disposition: inboundDisposition.describe('`accepted`: on record, and not decided yet.'),
  reason: z.string().describe('One sentence.'),
  runId: z.string().nullable().describe('The run that it started, joined or was filtered for.'),
}

/** What became of one event of a request. */
export const decidedSchema = z.object(fields).meta({ id: 'DecidedEvent' })

export const inboundSchema = z
  .object({
    ...fields,
    receivedAt: time,
    decidedAt: time.nullable(),
    kind: z.string().describe('webhook, api, schedule, event'),
    source: z.string().describe('What it came through: `payment-drop/alerts`, or the event’s name.'),
    runbook: z.string().nullable(),
    environment: environmentName.nullable(),
    dedupKey: z.string().nullable().describe('Equal keys of one source mean the same event.'),
    bytes: z.int(),
    payload: z.unknown().optional(),
  })
  .meta({ id: 'InboundEvent' })

export function inboundView({ runbookName, ...row }: InboundRow): z.input<typeof inboundSchema> {
  return { ...row, runbook: runbookName }
}
