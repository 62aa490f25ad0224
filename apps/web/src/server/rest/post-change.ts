/** `POST /api/v1/changes` */
import * as z from 'zod'
import { actorKey } from '../actor.ts'
import { changeView } from '../change-view.ts'
import { isoTime } from '../iso-time.ts'
import { readJson } from './read-json.ts'
import type { RestCall } from './route.ts'

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

/** The same id is the same change: sent when it begins, and again when it ends. */
export async function postChange({ request, actor, services }: RestCall<unknown>): Promise<Response> {
  const { startedAt, endedAt, author, ...rest } = change.parse(await readJson(request))
  const record = {
    ...rest,
    startedAt: Date.parse(startedAt),
    endedAt: endedAt ? Date.parse(endedAt) : null,
    author: author ?? null,
  }
  await services.db.changes.upsert(record)
  await services.db.audit.append({ actor: actorKey(actor), action: 'changes.post', subject: record.id })
  return Response.json(changeView(record))
}
