import * as z from 'zod'
import { changeView } from '../../change-view.ts'
import { isoTime } from '../../iso-time.ts'
import { defineOperation } from '../operation.ts'
import { pageFrom, pageOf, pageQuery } from '../page.ts'
import { changeSchema } from './post-change.ts'

const dayMs = 86_400_000

export const listChanges = defineOperation({
  id: 'listChanges',
  method: 'GET',
  path: '/api/v1/changes',
  summary: 'List changes',
  description: 'What was under way between two times, newest first; the last 24 hours without them.',
  role: 'viewer',
  query: z.strictObject({ from: isoTime.optional(), to: isoTime.optional(), ...pageQuery }),
  responses: { 200: { description: 'A page of changes.', schema: pageOf(changeSchema) } },
  async handler({ query, services, reply }) {
    const to = query.to === undefined ? Date.now() : Date.parse(query.to)
    const from = query.from === undefined ? to - dayMs : Date.parse(query.from)
    const page = pageFrom(await services.db.changes.between(from, to), query)
    return reply(200, { items: page.items.map(changeView), next: page.next })
  },
})
