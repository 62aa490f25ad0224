import * as z from 'zod'
import { actorKey } from '../../actor.ts'
import { changeView } from '../../change-view.ts'
import { isoTime } from '../../iso-time.ts'
import { defineOperation } from '../operation.ts'

const label = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine((text) => !text.includes('\0'), 'It has a NUL character in it')

const change = z
  .strictObject({
    id: label,
    kind: label,
    title: label,
    startedAt: isoTime,
    endedAt: isoTime.nullish(),
    scope: z.strictObject({
      entity: label.optional(),
      hosts: z.array(label).max(1000).optional(),
      zone: label.optional(),
      version: label.optional(),
    }),
    author: label.nullish(),
  })
  .refine(({ startedAt, endedAt }) => !endedAt || Date.parse(endedAt) >= Date.parse(startedAt), {
    path: ['endedAt'],
    message: 'It must not be before startedAt',
  })

const time = z.iso.datetime({ offset: true })

export const changeSchema = z
  .object({
    id: z.string(),
    kind: z.string(),
    title: z.string(),
    startedAt: time,
    endedAt: time.nullable(),
    scope: z.object({
      entity: z.string().optional(),
      hosts: z.array(z.string()).optional(),
      zone: z.string().optional(),
      version: z.string().optional(),
    }),
    author: z.string().nullable(),
  })
  .meta({ id: 'Change' })

export const postChange = defineOperation({
  id: 'postChange',
  method: 'POST',
  path: '/api/v1/changes',
  summary: 'Tell of a change',
  description:
    'Send it when the change begins, and again with `endedAt` when it is over: the same id is the same change. Kinds that the analysis knows: `deploy`, `config`, `flag`, `load-test`, `drill`, `rollback`; others are taken as they are.',
  role: 'operator',
  body: change,
  responses: { 200: { description: 'The change as it is on record.', schema: changeSchema } },
  async handler({ body, actor, services, reply }) {
    const { startedAt, endedAt, author, ...rest } = body
    const record = {
      ...rest,
      startedAt: Date.parse(startedAt),
      endedAt: endedAt ? Date.parse(endedAt) : null,
      author: author ?? null,
    }
    await services.db.changes.upsert(record)
    await services.db.audit.append({ actor: actorKey(actor), action: 'changes.post', subject: record.id })
    return reply(200, changeView(record))
  },
})
