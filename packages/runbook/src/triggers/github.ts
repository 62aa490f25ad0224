/** Webhooks of GitHub: https://docs.github.com/en/webhooks/webhook-events-and-payloads */
import { anyType } from '../value-type.ts'
import { objectType, textType } from './event-types.ts'
import type { WebhookFormat } from './incoming-event.ts'
import { readEventObject, refuse } from './read-event-json.ts'

export const github: WebhookFormat = {
  parse({ headers, body }) {
    const name = headers['x-github-event']
    const delivery = headers['x-github-delivery']
    if (!name || !delivery) {
      return refuse('bad-event', {
        message: 'It is no webhook of GitHub: X-GitHub-Event or X-GitHub-Delivery is missing.',
        fix: 'Let GitHub send it, or use the format generic.',
        place: 'x-github-event',
      })
    }
    if (!(headers['content-type'] ?? '').toLowerCase().startsWith('application/json')) {
      return refuse('bad-event', {
        message: 'It is not JSON.',
        fix: 'Choose the content type application/json in the webhook’s settings on GitHub.',
        place: 'content-type',
      })
    }
    const read = readEventObject(body)
    if (!read.ok) return read
    const event = { name, delivery, action: read.value['action'] ?? null, body: read.value }
    return {
      ok: true,
      events: [
        { id: delivery, event, ...(name === 'ping' ? { ignored: 'GitHub asked whether anybody listens.' } : {}) },
      ],
      signedIds: false,
    }
  },

  type: objectType({ name: textType, delivery: textType, action: anyType, body: objectType({}, anyType) }),
}
