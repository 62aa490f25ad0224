/** Times in which nothing outside is changed. Exceptions need two people, so they are agreed on in the pages and never by tokens. */
import { freezeCalendar } from '@tenon/actions'
import * as z from 'zod'
import { actorKey, labelOf } from '../../actor.ts'
import { defineOperation } from '../operation.ts'

const calendar = freezeCalendar.meta({ id: 'FreezeCalendar' })
const stateOfCalendar = z
  .object({
    ...freezeCalendar.shape,
    closedNow: z.boolean(),
    lifted: z.boolean().describe('Two people agreed on an exception that holds now.'),
  })
  .meta({ id: 'FreezeCalendarState' })
const name = z.string().min(1).max(63)

export const listCalendars = defineOperation({
  id: 'listCalendars',
  method: 'GET',
  path: '/api/v1/calendars',
  summary: 'List the calendars',
  description: 'No action begins while any calendar that applies to it is closed. What is in effect still reverts.',
  role: 'viewer',
  responses: { 200: { description: 'By name.', schema: z.object({ items: z.array(stateOfCalendar) }) } },
  handler: async ({ services, reply }) => reply(200, { items: await services.db.freezes.list() }),
})

export const putCalendar = defineOperation({
  id: 'putCalendar',
  method: 'PUT',
  path: '/api/v1/calendars/{name}',
  summary: 'Make or replace a calendar',
  role: 'admin',
  params: z.strictObject({ name }),
  body: freezeCalendar.omit({ name: true }),
  responses: { 200: { description: 'The calendar.', schema: calendar } },
  errors: { 'calendar-closed': 'It is closed now, and one person alone may not open it.' },
  async handler({ params, body, actor, services, reply }) {
    const wanted = freezeCalendar.parse({ ...body, name: params.name })
    await services.db.freezes.save(wanted, labelOf(actor))
    await services.db.audit.append({
      actor: actorKey(actor),
      action: 'calendars.save',
      subject: params.name,
      detail: { ...wanted },
    })
    return reply(200, wanted)
  },
})

export const deleteCalendar = defineOperation({
  id: 'deleteCalendar',
  method: 'DELETE',
  path: '/api/v1/calendars/{name}',
  summary: 'Remove a calendar',
  role: 'admin',
  params: z.strictObject({ name }),
  responses: { 200: { description: 'It is removed.', schema: z.object({ name: z.string() }) } },
  errors: {
    'unknown-calendar': 'There is none of this name.',
    'calendar-closed': 'It is closed now, and one person alone may not open it.',
  },
  async handler({ params, actor, services, reply }) {
    await services.db.freezes.remove(params.name)
    await services.db.audit.append({ actor: actorKey(actor), action: 'calendars.remove', subject: params.name })
    return reply(200, { name: params.name })
  },
})
