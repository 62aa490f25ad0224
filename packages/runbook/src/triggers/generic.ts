/** Any JSON object. Its id is the header X-Tenon-Delivery, or a field `id`. */
import { anyType } from '../value-type.ts'
import { objectType } from './event-types.ts'
import type { WebhookFormat } from './incoming-event.ts'
import { readEventObject, refuse } from './read-event-json.ts'

const longestId = 1000

export const generic: WebhookFormat = {
  parse({ headers, body }) {
    const read = readEventObject(body)
    if (!read.ok) return read
    const own = headers['x-tenon-delivery'] ?? read.value['id']
    const id = typeof own === 'string' && own !== '' ? own : typeof own === 'number' ? String(own) : null
    if (id !== null && id.length > longestId) {
      return refuse('bad-event', {
        message: `The event's id is longer than ${longestId}.`,
        fix: 'Shorten it.',
        place: 'id',
      })
    }
    return { ok: true, events: [{ id, event: read.value }], signedIds: headers['x-tenon-delivery'] === undefined }
  },

  type: objectType({}, anyType),
}
