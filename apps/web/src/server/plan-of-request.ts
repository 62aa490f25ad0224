import type { Plan } from '@tenon/runbook'
import { ApiError } from './errors.ts'
import type { Services } from './services.ts'

export interface PlanRequest {
  name: string
  environment?: string
  draftRevision?: number
  version?: number
}

/**
 * The plan that a request asks for: the environment's live version, a version by its number, or the draft. One round trip for a version that this process
 * has read before.
 * @throws ApiError `not-published`, `draft-conflict`, `document-invalid`; DbError `unknown-runbook`, `unknown-version`.
 */
export async function planOf(
  services: Pick<Services, 'db' | 'compile'>,
  request: PlanRequest,
): Promise<{ runbookId: string; version: number | null; plan: Plan }> {
  const { runbooks } = services.db
  const { name, environment = 'production', draftRevision, version } = request
  if (draftRevision !== undefined) return draftPlan(services, { name, draftRevision })
  const chosen =
    version === undefined ? await runbooks.published(name, environment) : await runbooks.version(name, version)
  if (chosen) return { runbookId: chosen.runbookId, version: chosen.number, plan: chosen.plan }
  throw new ApiError({
    status: 409,
    code: 'not-published',
    message:
      environment === 'production'
        ? `The runbook "${name}" has no published version.`
        : `The runbook "${name}" has no version in the environment "${environment}".`,
    fix: 'Open it in the editor and publish it.',
  })
}

async function draftPlan(
  { db, compile }: Pick<Services, 'db' | 'compile'>,
  { name, draftRevision }: { name: string; draftRevision: number },
): Promise<{ runbookId: string; version: null; plan: Plan }> {
  // `draft` is the one that says when there is no such runbook.
  const [runbook, draft] = await Promise.all([db.runbooks.get(name), db.runbooks.draft(name)])
  if (!runbook) throw new Error(`The runbook ${name} was deleted while it was read.`)
  if (draft.revision !== draftRevision) {
    throw new ApiError({
      status: 409,
      code: 'draft-conflict',
      message: `The draft is at revision ${draft.revision} (saved by ${draft.savedBy}), not ${draftRevision}.`,
      fix: 'Load the newer draft, then run it.',
      detail: draft,
    })
  }
  const compiled = await compile(draft.source)
  if (compiled.ok) return { runbookId: runbook.id, version: null, plan: compiled.plan }
  throw new ApiError({
    status: 422,
    code: 'document-invalid',
    message: `The draft of "${name}" has problems and cannot run.`,
    fix: compiled.problems[0]?.fix ?? 'Correct the problems that the editor shows.',
    detail: { problems: compiled.problems },
  })
}
