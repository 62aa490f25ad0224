/** Creating a runbook and saving its draft. A save names the revision it was made from, so that nobody's edit is lost. */
import { parseRunbook } from '@tenon/runbook'
import * as z from 'zod'
import { actorKey, labelOf, type Actor } from '../../actor.ts'
import { ApiError } from '../../errors.ts'
import { documentInvalid } from '../../publish-runbook.ts'
import type { Services } from '../../services.ts'
import { defineOperation } from '../operation.ts'
import { runbookView } from './get-runbook.ts'
import { runbookName, runbookSchema, source } from './runbook-schema.ts'

const bodyLimit = 1_300_000
const yaml = 'The document may also be sent as it is, with "Content-Type: application/yaml".'

export const createRunbook = defineOperation({
  id: 'createRunbook',
  method: 'POST',
  path: '/api/v1/runbooks',
  summary: 'Create a runbook',
  description: `Makes a draft; nothing runs before it is published. ${yaml}`,
  role: 'editor',
  body: z.strictObject({ source }),
  textAs: 'source',
  bodyLimit,
  responses: { 201: { description: 'It is there.', schema: runbookSchema } },
  errors: {
    'document-invalid': 'The document cannot be read, or lacks a name; every problem has a place.',
    'name-taken': 'There is a runbook of this name.',
  },
  async handler({ body, actor, services, reply }) {
    const { document, problems } = parseRunbook(body.source)
    if (!document) throw documentInvalid(problems)
    await create(services, { name: document.name, title: document.title, source: body.source, actor })
    const view = await runbookView(services, document.name)
    return reply(201, view, { location: `/api/v1/runbooks/${document.name}`, etag: `"${view.draft.revision}"` })
  },
})

export const saveRunbook = defineOperation({
  id: 'saveRunbook',
  method: 'PUT',
  path: '/api/v1/runbooks/{name}',
  summary: 'Save a runbook',
  description: `Creates it, or saves its draft, which may have problems. For one that exists the revision that the text was made from is needed, in \`If-Match\` or \`baseRevision\`. ${yaml}`,
  role: 'editor',
  params: z.strictObject({ name: runbookName }),
  body: z.strictObject({ source, baseRevision: z.int().min(0).optional() }),
  textAs: 'source',
  bodyLimit,
  headers: { 'If-Match': 'The revision that the text was made from: `"7"`, as in the `ETag` of getRunbook.' },
  responses: {
    200: { description: 'The draft is saved.', schema: runbookSchema },
    201: { description: 'The runbook is created.', schema: runbookSchema },
  },
  errors: {
    'draft-conflict': 'The draft changed since that revision; `data` has the newer one.',
    'base-revision-missing': 'It exists, and the request does not say which revision it was made from.',
    'document-invalid': 'A new runbook’s document cannot be read.',
    'name-changed': 'The document has another name than the address.',
  },
  async handler({ params: { name }, body, actor, request, services, reply }) {
    const base = baseRevision(request.header('if-match')) ?? body.baseRevision
    const { document, problems } = parseRunbook(body.source)
    if (document && document.name !== name) throw nameChanged(name, document.name)
    const existing = await services.db.runbooks.get(name)
    if (!existing && base === undefined) {
      if (!document) throw documentInvalid(problems)
      await create(services, { name, title: document.title, source: body.source, actor })
    } else {
      if (base === undefined) throw baseMissing(name, existing?.draftRevision)
      await services.db.runbooks.saveDraft({
        name,
        baseRevision: base,
        source: body.source,
        by: labelOf(actor),
        ...(document ? { title: document.title } : {}),
      })
    }
    const view = await runbookView(services, name)
    return reply(existing ? 200 : 201, view, { etag: `"${view.draft.revision}"` })
  },
})

async function create(
  { db }: Services,
  runbook: { name: string; title: string; source: string; actor: Actor },
): Promise<void> {
  const { actor, ...rest } = runbook
  await db.runbooks.create({ ...rest, by: labelOf(actor) })
  await db.audit.append({ actor: actorKey(actor), action: 'runbooks.create', subject: runbook.name })
}

/** @throws ApiError `bad-if-match`. */
function baseRevision(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined) return undefined
  const revision = /^(?:W\/)?"?(\d{1,9})"?$/.exec(ifMatch.trim())?.[1]
  if (revision !== undefined) return Number(revision)
  throw new ApiError({
    status: 400,
    code: 'bad-if-match',
    message: 'If-Match is not the revision of a draft.',
    fix: 'Send the ETag that getRunbook answers with, such as "7".',
  })
}

const nameChanged = (name: string, written: string) =>
  new ApiError({
    status: 422,
    code: 'name-changed',
    message: `The address says "${name}", the document "${written}".`,
    fix: `Write "name: ${name}", or save it as ${written}.`,
  })

const baseMissing = (name: string, revision: number | undefined) =>
  new ApiError({
    status: 409,
    code: 'base-revision-missing',
    message: `The runbook "${name}" exists; the request does not say from which revision its text was made.`,
    fix: `Load it, merge, and send If-Match: "${revision ?? 1}".`,
  })
