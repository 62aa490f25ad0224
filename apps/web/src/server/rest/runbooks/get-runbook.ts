import { paramsJsonSchema } from '@tenon/runbook'
import * as z from 'zod'
import { ApiError } from '../../errors.ts'
import type { Services } from '../../services.ts'
import { defineOperation } from '../operation.ts'
import { runbookName, runbookSchema, runbookSummary } from './runbook-schema.ts'

export const getRunbook = defineOperation({
  id: 'getRunbook',
  method: 'GET',
  path: '/api/v1/runbooks/{name}',
  summary: 'Get a runbook',
  description: 'With its draft, and what the compiler says of it. `ETag` is the draft’s revision, for `If-Match`.',
  role: 'viewer',
  params: z.strictObject({ name: runbookName }),
  responses: { 200: { description: 'The runbook.', schema: runbookSchema } },
  errors: { 'unknown-runbook': 'There is no such runbook.' },
  async handler({ params: { name }, services, reply }) {
    const view = await runbookView(services, name)
    return reply(200, view, { etag: `"${view.draft.revision}"` })
  },
})

/** @throws ApiError `unknown-runbook`. */
export async function runbookView(services: Services, name: string): Promise<z.input<typeof runbookSchema>> {
  const { db, compile } = services
  const row = await db.runbooks.get(name)
  if (!row) throw unknownRunbook(name)
  const [draft, pointers, published] = await Promise.all([
    db.runbooks.draft(name),
    db.runbooks.pointers(name),
    db.runbooks.published(name),
  ])
  return {
    ...runbookSummary(services, row),
    live: pointers.map(({ environment, version, movedBy, movedAt }) => ({ environment, version, movedBy, movedAt })),
    draft: { revision: draft.revision, savedBy: draft.savedBy, savedAt: draft.savedAt, source: draft.source },
    problems: (await compile(draft.source)).problems,
    paramsSchema: published ? paramsJsonSchema(published.plan.params) : null,
  }
}

export const unknownRunbook = (name: string) =>
  new ApiError({
    status: 404,
    code: 'unknown-runbook',
    message: `There is no runbook "${name}".`,
    fix: 'Look at the list of runbooks; names are case-sensitive.',
  })
