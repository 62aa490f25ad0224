/** A runbook may require that a backtest of what is to go live is no worse than that of what is. */
import { backtestGate, type FinishedBacktest } from '@tenon/runbook/backtest'
import { parseRunbook, type RunbookDocument } from '@tenon/runbook'
import { ApiError } from './errors.ts'
import type { Services } from './services.ts'

/** Of the draft as it is now, before it goes live. @throws ApiError `backtest-missing`, `backtest-worse`. */
export async function assertDraftBacktest(
  services: Pick<Services, 'db' | 'compile'>,
  { name, environment }: { name: string; environment: string },
): Promise<void> {
  const { source } = await services.db.runbooks.draft(name)
  const compiled = mayRequire(source) ? await services.compile(source) : null
  // What does not compile is refused by publishing, with its problems.
  if (!compiled?.ok) return
  const { document, plan } = compiled
  const live = await services.db.runbooks.published(name, environment)
  await assertBacktest(services, { document, draftHash: plan.hash, liveHash: live?.planHash ?? null })
}

/** Most documents do not speak of backtests, and reading them is the dear part. */
const mayRequire = (source: string): boolean => source.includes('backtest')

/**
 * Of a version, before it goes live where an older one or none is. Going back to an older version is never held up: who does so is in a hurry, and it was live before.
 * @throws ApiError `backtest-missing`, `backtest-worse`; DbError `unknown-version`.
 */
export async function assertVersionBacktest(
  services: Pick<Services, 'db'>,
  { name, version, environment }: { name: string; version: number; environment: string },
): Promise<void> {
  const { runbooks } = services.db
  const [target, live] = await Promise.all([runbooks.version(name, version), runbooks.published(name, environment)])
  if ((live !== null && version <= live.number) || !mayRequire(target.source)) return
  const { document } = parseRunbook(target.source)
  if (!document) return
  await assertBacktest(services, { document, draftHash: target.planHash, liveHash: live?.planHash ?? null })
}

/** @throws ApiError `backtest-missing`, `backtest-worse`. */
export async function assertBacktest(
  { db }: Pick<Services, 'db'>,
  given: { document: Pick<RunbookDocument, 'name' | 'backtest'>; draftHash: string; liveHash: string | null },
): Promise<void> {
  const { document, draftHash, liveHash } = given
  if (!document.backtest?.required || draftHash === liveHash) return
  const finished: FinishedBacktest[] = []
  for (const { id, planHash, status } of await db.backtests.list(document.name)) {
    if (status !== 'done' || (planHash !== draftHash && planHash !== liveHash)) continue
    const found = await db.backtests.get(id)
    if (found) finished.push(found)
  }
  const of = (hash: string): FinishedBacktest[] => finished.filter(({ planHash }) => planHash === hash)
  const decision = backtestGate({ draftHash, liveHash, of })
  if (decision.ok) return
  const { code, message, fix } = decision
  throw new ApiError({ status: 409, code, message, fix })
}
