/**
 * A person's decision on its way to the run, which checks it once more. What only the database knows is refused here: who wrote the version, and that
 * the time is over. Plans' hashes cover the inputs and the target; the run is of one version for good, so an approval counts for all three.
 */
import type { ApprovalRow } from '@tenon/db'
import { actorKey, labelOf, type Actor } from './actor.ts'
import { ApiError, problemOf } from './errors.ts'
import type { Services } from './services.ts'

interface GivenDecision {
  stepId: string
  decision: 'approved' | 'rejected'
  /** Of the plans that were shown. */
  hashes: string[]
  comment?: string | undefined
  form?: Record<string, unknown> | undefined
}

/**
 * Decides. Both that it counted and that it was refused are in the audit log.
 *
 * @throws ApiError `approval-expired`, `author-may-not-approve`, or what the run refuses it for.
 */
export async function decideOn(
  approval: ApprovalRow,
  given: GivenDecision,
  { actor, services }: { actor: Actor; services: Pick<Services, 'db' | 'engine'> },
): Promise<void> {
  const { db, engine } = services
  const by = labelOf(actor)
  const record = (action: string, detail: Record<string, unknown>): Promise<void> =>
    db.audit.append({
      actor: actorKey(actor),
      action,
      subject: `${approval.runId}/${given.stepId}`,
      detail: { decision: given.decision, hashes: given.hashes, ...detail },
    })
  try {
    if (approval.status === 'waiting' && Date.parse(approval.expiresAt) <= Date.now()) throw expired(approval)
    if (given.decision === 'approved' && !approval.allowRequester && (await authorsOf(approval, db)).includes(by))
      throw ownVersion()
    await engine.decideApproval(approval.runId, { ...given, by })
  } catch (error) {
    const { code, message } = problemOf(error)
    await record('approvals.refused', { code, message })
    throw error
  }
  await record('approvals.decide', {})
}

/** Who wrote what the run runs: the version's publisher, or who saved the draft. Nobody who cannot be told passes for another. */
export async function authorsOf({ runId }: Pick<ApprovalRow, 'runId'>, db: Services['db']): Promise<string[]> {
  const run = await db.runs.summary(runId)
  if (!run) return []
  const { name } = run.runbook
  if (run.version !== null) return [(await db.runbooks.version(name, run.version)).publishedBy]
  return [(await db.runbooks.draft(name)).savedBy]
}

const expired = ({ expiresAt }: ApprovalRow): ApiError =>
  new ApiError({
    status: 409,
    code: 'approval-expired',
    message: `The time to decide was over at ${expiresAt}.`,
    fix: 'Run it again to get a new plan.',
  })

const ownVersion = (): ApiError =>
  new ApiError({
    status: 403,
    code: 'author-may-not-approve',
    message: 'You wrote this version of the runbook, and its actions need the yes of somebody else.',
    fix: 'Ask another operator.',
  })
