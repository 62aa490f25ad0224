/** Starts a run, whoever asks for it: the one path of the button and of the REST API. */
import type { Idempotency } from '@tenon/db'
import { parseParams, type Plan, type RunInput } from '@tenon/runbook'
import { ApiError, problemOf } from './errors.ts'
import type { Services } from './services.ts'

export interface RunRequest {
  name: string
  /** As they came; checked against what the runbook declares. */
  params: unknown
  /** Runs the draft, which must still be at this revision; the published version without it. */
  draftRevision?: number
  /** The run's clock, unix milliseconds; now without it. */
  asOf?: number
  trigger: 'button' | 'api'
  by: string
  once?: Idempotency
}

/**
 * @returns the run's id; `created` is false when the same request was made before with the same key.
 * @throws ApiError `unknown-runbook`, `not-published`, `document-invalid`, `bad-params`, `as-of-in-future`,
 *   `draft-conflict`; DbError `idempotency-key-reused`.
 */
export async function startRun(
  services: Pick<Services, 'db' | 'engine' | 'compile'>,
  request: RunRequest,
): Promise<{ runId: string; created: boolean }> {
  const { runs } = services.db
  // First of all: a repeated request means the run that it made, whatever became of the runbook since.
  const earlier = request.once && (await runs.madeBy(request.once))
  if (earlier) return startAgain(services, earlier.id)
  const { runbookId, version, plan } = await planOf(services, request)
  const params = paramsOf(plan, request)
  const asOf = asOfOf(request)
  const { trigger, by } = request
  const row = { runbookId, version, plan, params, trigger, requestedBy: by, asOf }
  const { id: runId, created } = request.once
    ? await runs.createOnce(row, request.once)
    : { ...(await runs.create(row)), created: true }
  if (!created) return startAgain(services, runId)
  await start(services, { plan, context: { runId, params, trigger: { kind: trigger, by }, asOf } })
  return { runId, created }
}

/** The process that made the run's row may have died, or found Temporal away, before it could start it. Starting twice starts once. */
async function startAgain(
  services: Pick<Services, 'db' | 'engine'>,
  runId: string,
): Promise<{ runId: string; created: boolean }> {
  const run = await services.db.runs.reopen(runId)
  if (run) {
    const { plan, params, trigger: kind, requestedBy: by } = run
    await start(services, { plan, context: { runId, params, trigger: { kind, by }, asOf: Date.parse(run.asOf) } })
  }
  return { runId, created: false }
}

async function start({ db, engine }: Pick<Services, 'db' | 'engine'>, input: RunInput): Promise<void> {
  try {
    await engine.startRun(input)
  } catch (error) {
    const { code, message, fix } = problemOf(error)
    await db.runs.fail(input.context.runId, { code, message, fix, retryable: true })
    throw error
  }
}

async function planOf(
  { db, compile }: Pick<Services, 'db' | 'compile'>,
  { name, draftRevision }: RunRequest,
): Promise<{ runbookId: string; version: number | null; plan: Plan }> {
  const runbook = await db.runbooks.get(name)
  if (!runbook) {
    throw new ApiError({
      status: 404,
      code: 'unknown-runbook',
      message: `There is no runbook "${name}".`,
      fix: 'Look at the list of runbooks; names are case-sensitive.',
    })
  }
  if (draftRevision === undefined) {
    const published = await db.runbooks.published(name)
    if (published) return { runbookId: runbook.id, version: published.number, plan: published.plan }
    throw new ApiError({
      status: 409,
      code: 'not-published',
      message: `The runbook "${name}" has no published version.`,
      fix: 'Open it in the editor and publish it.',
    })
  }
  const draft = await db.runbooks.draft(name)
  if (draft.revision !== draftRevision) {
    throw new ApiError({
      status: 409,
      code: 'draft-conflict',
      message: `The draft is at revision ${draft.revision} (saved by ${draft.savedBy}), not ${draftRevision}.`,
      fix: 'Load the newer draft, then run it.',
      detail: draft,
    })
  }
  const compiled = compile(draft.source)
  if (compiled.ok) return { runbookId: runbook.id, version: null, plan: compiled.plan }
  throw new ApiError({
    status: 422,
    code: 'document-invalid',
    message: `The draft of "${name}" has problems and cannot run.`,
    fix: compiled.problems[0]?.fix ?? 'Correct the problems that the editor shows.',
    detail: { problems: compiled.problems },
  })
}

function paramsOf(plan: Plan, { params }: RunRequest): Record<string, unknown> {
  const parsed = parseParams(plan.params, params)
  if (parsed.ok) return parsed.params
  const [first] = parsed.problems
  throw new ApiError({
    status: 400,
    code: 'bad-params',
    message: first?.message ?? 'The parameters do not fit.',
    fix: first?.fix ?? 'Correct the parameters.',
    detail: { problems: parsed.problems },
  })
}

/** Clocks of callers may be a little ahead. */
const clockSkewMs = 5_000

function asOfOf({ asOf }: RunRequest): number {
  const now = Date.now()
  if (asOf === undefined) return now
  if (asOf <= now + clockSkewMs) return Math.min(asOf, now)
  throw new ApiError({
    status: 400,
    code: 'as-of-in-future',
    message: `asOf (${new Date(asOf).toISOString()}) is in the future.`,
    fix: 'Leave it out to diagnose now.',
  })
}
