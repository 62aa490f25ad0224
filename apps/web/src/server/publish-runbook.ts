/** Publishing and rolling back: both move one environment's pointer in one short transaction. */
import { publishDraft } from '@tenon/db'
import type { Problem } from '@tenon/runbook'
import { type Actor, actorKey, labelOf } from './actor.ts'
import { assertDraftBacktest, assertVersionBacktest } from './backtest-required.ts'
import { assertEnvironment, defaultEnvironment } from './environments.ts'
import { ApiError } from './errors.ts'
import { hasSchedules, syncSoon } from './schedule-sync.ts'
import type { Services } from './services.ts'

export interface PublishRequest {
  name: string
  /** The draft's revision that is meant; another one by now is a conflict. */
  revision: number
  environment?: string
  /** What changed, in the publisher's words. */
  note?: string
  actor: Actor
}

export interface MadeLive {
  version: number
  environment: string
  /** What is not done yet although the version is live: its schedules, when Temporal is away. */
  warning: string | null
}

/**
 * Makes a version of the draft, when it differs from the newest, and makes it live.
 * @throws ApiError `document-invalid` with the problems, `unknown-environment`, `backtest-missing`, `backtest-worse`; DbError `draft-conflict`, `unknown-runbook`.
 */
export async function publishRunbook(
  services: Services,
  request: PublishRequest,
): Promise<MadeLive & { planHash: string }> {
  const { name, revision, environment = defaultEnvironment, note = '', actor } = request
  const { db, compile } = services
  const [scheduled] = await Promise.all([
    hasSchedules(services, name),
    assertEnvironment(services, environment),
    assertDraftBacktest(services, { name, environment }),
  ])
  const made = await publishDraft(db, { name, revision, environment, note, by: labelOf(actor) }, compile)
  if (!made.ok) throw documentInvalid(made.problems)
  const { version, planHash } = made
  const audited = db.audit.append({
    actor: actorKey(actor),
    action: 'runbooks.publish',
    subject: name,
    detail: { version, environment, planHash, note },
  })
  const [warning] = await Promise.all([sync(services, name, scheduled), audited])
  return { version, environment, planHash, warning }
}

/**
 * Makes a version that exists live: an older one (rolling back), or one that is live elsewhere (promoting). Drafts and runs that go on stay as they are.
 * @throws ApiError `unknown-environment`, `backtest-missing`, `backtest-worse`; DbError `unknown-version`, `unknown-runbook`.
 */
export async function makeVersionLive(
  services: Services,
  request: { name: string; version: number; environment?: string; actor: Actor },
): Promise<MadeLive> {
  const { name, version, environment = defaultEnvironment, actor } = request
  const { db } = services
  const [scheduled] = await Promise.all([
    hasSchedules(services, name),
    assertEnvironment(services, environment),
    assertVersionBacktest(services, { name, version, environment }),
  ])
  await db.runbooks.rollback(name, version, { environment, by: labelOf(actor) })
  const audited = db.audit.append({
    actor: actorKey(actor),
    action: 'runbooks.rollback',
    subject: name,
    detail: { version, environment },
  })
  const [warning] = await Promise.all([sync(services, name, scheduled), audited])
  return { version, environment, warning }
}

/** Most runbooks run on no schedule: then Temporal is not asked at all. */
async function sync(services: Services, name: string, scheduled: boolean): Promise<string | null> {
  return scheduled || (await hasSchedules(services, name)) ? syncSoon(services, name) : null
}

/** The first problem in words, all of them in its detail. */
export function documentInvalid(problems: readonly Problem[]): ApiError {
  const first = problems.find(({ severity }) => severity === 'error') ?? problems[0]
  return new ApiError({
    status: 422,
    code: 'document-invalid',
    message: first?.message ?? 'The document has problems.',
    fix: first?.fix ?? 'Correct the problems that the editor shows.',
    detail: { problems },
  })
}
