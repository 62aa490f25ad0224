/** Runs a part of an ended run again, on its results: from a step on, or only some steps. Pages and the REST API alike. */
import { rerunPresets, type RunTrigger } from '@tenon/runbook'
import { ApiError } from './errors.ts'
import { planOf } from './plan-of-request.ts'
import { unknownRun } from './rest/runs/run-view.ts'
import type { Services } from './services.ts'
import { startRun, type Started } from './start-run.ts'

export interface RerunRequest {
  /** The run whose results are reused. */
  id: string
  /** This step and what follows from it, or only these steps. */
  part: { from: string } | { only: string[] }
  params?: Record<string, unknown> | undefined
  version?: number | undefined
  draftRevision?: number | undefined
  /** Unix milliseconds; the first run's clock without it. */
  asOf?: number | undefined
  trigger: RunTrigger
}

/** @throws ApiError `unknown-run`, `run-going-on`, `draft-of-then`, `unknown-step`, `step-in-loop`, `step-needs-approval`; those of `startRun`. */
export async function rerunRun(
  services: Parameters<typeof startRun>[0] & Pick<Services, 'db'>,
  request: RerunRequest,
): Promise<Started & { runbook: string }> {
  const { id, part, draftRevision, trigger } = request
  const base = await services.db.runs.get(id)
  if (!base) throw unknownRun(id)
  if (base.endedAt === null) throw goingOn(id)
  const version = draftRevision === undefined ? (request.version ?? base.version) : null
  if (version === null && draftRevision === undefined) throw draftOfThen(id)
  const { name } = base.runbook
  const which = version === null ? { draftRevision: draftRevision! } : { version }
  const { plan } = await planOf(services, { name, ...which })
  const chosen = rerunPresets(plan, await services.db.runs.steps(base.id), part)
  if (!chosen.ok) {
    const { code, message, fix } = chosen
    throw new ApiError({ status: code === 'unknown-step' ? 404 : 409, code, message, fix })
  }
  const started = await startRun(services, {
    name,
    ...which,
    params: request.params ?? base.params,
    environment: base.environment,
    trigger,
    asOf: request.asOf ?? Date.parse(base.asOf),
    presets: chosen.presets,
    ...(chosen.only ? { only: chosen.only } : {}),
    baseRunId: base.id,
    // Nobody approved in a dry run, so what it came to must not let anything live through.
    dryRun: base.dryRun,
  })
  return { ...started, runbook: name }
}

const goingOn = (id: string) =>
  new ApiError({
    status: 409,
    code: 'run-going-on',
    message: `The run ${id} has not ended yet, so its results are not final.`,
    fix: 'Wait until it has ended, or cancel it.',
  })

const draftOfThen = (id: string) =>
  new ApiError({
    status: 409,
    code: 'draft-of-then',
    message: `${id} was a run of a draft, which may be another by now.`,
    fix: 'Send "draftRevision" (see the runbook) or "version".',
  })
