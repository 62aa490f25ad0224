/**
 * A person's decision on its way to the run: first it is judged and recorded where approvals are kept (the time is over, who wrote the version), then the
 * run judges what it alone knows (the plans, who asked, how many). Plans' hashes cover the inputs and the target; the run is of one version for good, so an
 * approval counts for all three.
 */
import { actorKey, labelOf, type Actor } from './actor.ts'
import { problemOf } from './errors.ts'
import type { Services } from './services.ts'

interface Decision {
  runId: string
  stepId: string
  decision: 'approved' | 'rejected'
  /** Of the plans that were shown. */
  hashes: string[]
  comment?: string | undefined
  form?: Record<string, unknown> | undefined
}

/**
 * Decides. That somebody decided is in the audit log, and so is that it was refused.
 *
 * @throws DbError `unknown-approval`, `approval-expired`, `author-may-not-approve`; or what the run refuses it for.
 */
export async function decideOn(
  { runId, ...given }: Decision,
  { actor, services }: { actor: Actor; services: Pick<Services, 'db' | 'engine'> },
): Promise<void> {
  const { db, engine } = services
  const { stepId, decision, hashes } = given
  const who = { by: labelOf(actor), actor: actorKey(actor) }
  await db.approvals.decide({ runId, stepId, decision, hashes, ...who })
  try {
    await engine.decideApproval(runId, { ...given, by: who.by })
  } catch (error) {
    const { code, message } = problemOf(error)
    await db.audit.append({
      actor: who.actor,
      action: 'approvals.refused',
      subject: `${runId}/${stepId}`,
      detail: { decision, hashes, code, message },
    })
    throw error
  }
}
