import * as z from 'zod'
import { largestHook, receiveWebhook } from '../../inbound/receive-webhook.ts'
import { defineOperation } from '../operation.ts'
import { environmentName } from '../../environments.ts'
import { decidedSchema } from './inbound-schema.ts'

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'Use lower-case letters, digits and dashes; begin with a letter')

const received = z.object({ events: z.array(decidedSchema).describe('In the order of the request.') })

export const receiveHook = defineOperation({
  id: 'receiveHook',
  method: 'POST',
  path: '/api/v1/hooks/{runbook}/{trigger}',
  summary: 'Receive a webhook',
  description: [
    'For the webhook triggers of runbooks. No API token: the sender proves that it knows the secret of the connection that the trigger names.',
    '',
    '- `X-Tenon-Timestamp` (unix seconds, at most 5 minutes off) and `X-Tenon-Signature`: `v1=` and the hex of HMAC-SHA256 over `<timestamp>.<body>`;',
    '- format `github`: `X-Hub-Signature-256` as GitHub sends it;',
    '- format `alertmanager`, which cannot sign: `Authorization: Bearer <secret>`.',
    '',
    'Every event gets a disposition, also those that start nothing; an event that comes again is `deduplicated`.',
  ].join('\n'),
  role: 'anyone',
  limited: false,
  params: z.strictObject({ runbook: name, trigger: name }),
  query: z.strictObject({ environment: environmentName.default('production') }),
  body: { raw: true, contentTypes: [] },
  bodyLimit: largestHook,
  headers: {
    'X-Tenon-Timestamp': 'Unix seconds when the request was signed.',
    'X-Tenon-Signature': '`v1=` and the hex of HMAC-SHA256 over `<timestamp>.<body>`.',
    'X-Tenon-Delivery': 'Format `generic`: the event’s id, when the body has no `id`.',
  },
  responses: {
    200: {
      description: 'Nothing was started: the events came before, or the trigger is not for them.',
      schema: received,
    },
    202: { description: 'At least one event started, joined or waits to start a run.', schema: received },
    422: { description: 'Every event was rejected; `reason` says why.', schema: received },
  },
  errors: {
    'unknown-trigger': 'No published runbook has this webhook.',
    'signature-missing': 'The request is not signed.',
    'signature-wrong': 'The signature or token is not the secret’s.',
    'timestamp-bad': 'The timestamp is more than 5 minutes off, or none.',
    'bad-json': 'The body is not JSON in UTF-8.',
    'bad-event': 'The body is not what the format says; the place is named.',
    'too-many-events': 'There are more than 500 events in it.',
    'nested-too-deep': 'The body is nested deeper than 64.',
    'body-too-large': 'The body is larger than 256 KiB.',
    'hook-secret-missing': 'The connection with the secret does not exist.',
  },
  async handler({ params, query, body, request, services, reply }) {
    const events = await receiveWebhook(services, {
      ...params,
      environment: query.environment,
      headers: request.headers(),
      body,
    })
    const dispositions = new Set(events.map(({ disposition }) => disposition))
    if (['ran', 'joined', 'queued', 'accepted'].some((one) => dispositions.has(one as never)))
      return reply(202, { events })
    if (events.length > 0 && dispositions.size === 1 && dispositions.has('rejected')) return reply(422, { events })
    return reply(200, { events })
  },
})
