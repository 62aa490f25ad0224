/** Starts a run, whoever asks for it: the one path of the button, the REST API, webhooks, events and run tools. */
import type { Idempotency, RunRecord } from '@tenon/db'
import {
  concurrencyKeyOf,
  parseParams,
  stepIdOf,
  type Entered,
  type Plan,
  type Preset,
  type RunInput,
  type RunState,
  type RunTrigger,
} from '@tenon/runbook'
import { ApiError, problemOf } from './errors.ts'
import { planOf } from './plan-of-request.ts'
import type { Services } from './services.ts'

export interface RunRequest {
  name: string
  /** As they came; checked against what the runbook declares. */
  params: unknown
  trigger: RunTrigger
  /** Whose live version runs, and what the run may do: `production` without it. */
  environment?: string
  /** Runs the draft, which must still be at this revision. */
  draftRevision?: number
  /** Runs this version, live or not. */
  version?: number
  /** The run's clock, unix milliseconds; now without it. */
  asOf?: number
  /** Results that are taken instead of running their steps, by step key. A draft's pins are added to them. */
  presets?: Record<string, Preset>
  /** Only these steps, at the top, and what they need from `presets`. */
  only?: string[]
  /** The run whose results `presets` has. */
  baseRunId?: string
  /** Writes are planned, judged by every guard, and never carried out; nobody is asked to approve. */
  dryRun?: boolean
  /** A uuid drawn by the caller, when asking twice must be asking once. */
  runId?: string
  once?: Idempotency
}

export interface Started {
  /** The run that came of it; for `joined` and `dropped` the one that goes on. */
  runId: string
  disposition: Entered['disposition']
  /** False when the same request was made before with the same key, and when it made no run of its own. */
  created: boolean
  /** How it ended, for an express run, which has ended; and of which version it was, null for a draft. */
  ended?: RunState
  version?: number | null
}

type Parts = Pick<Services, 'db' | 'engine' | 'compile' | 'express'>

/**
 * @throws ApiError `unknown-runbook`, `not-published`, `document-invalid`, `bad-params`, `as-of-in-future`,
 *   `draft-conflict`, `concurrency-key`, `unknown-step`; DbError `idempotency-key-reused`.
 */
export async function startRun(services: Parts, request: RunRequest): Promise<Started> {
  const { runs } = services.db
  // First of all: a repeated request means the run that it made, whatever became of the runbook since.
  const earlier = request.once && (await runs.madeBy(request.once))
  // An express run has no row before it ends: one that goes on, or was lost with its process, is carried out (again) under the same id.
  if (earlier && (await runs.summary(earlier.id))) return startAgain(services, earlier.id, request)

  const { runbookId, version, plan } = await planOf(services, request)
  const { trigger, environment = 'production' } = request
  const runId = earlier?.id ?? request.runId ?? crypto.randomUUID()
  const asOf = asOfOf(request)
  const context = {
    runId,
    params: paramsOf(plan, request),
    trigger,
    asOf,
    environment,
    ...(request.dryRun ? { mode: 'rehearsal' as const } : {}),
    ...(await toolsOf(services, plan, request)),
  }
  const input: RunInput = { plan, context }

  if (plan.express) {
    // Its reads may then be asked twice; it is on record once.
    const { id, created } = request.once ? await runs.claim(request.once, runId) : { id: runId, created: true }
    const row = { runbookId, version, baseRunId: request.baseRunId ?? null }
    const { state } = await services.express.run({ plan, context: { ...context, runId: id } }, row)
    return { runId: id, disposition: 'ran', created, ended: state, version }
  }

  const concurrencyKey = keyOf(input, request)
  const row = {
    id: runId,
    runbookId,
    version,
    plan,
    params: context.params,
    trigger: trigger.kind,
    requestedBy: trigger.by,
    payload: trigger.payload,
    asOf,
    environment,
    concurrencyKey,
    baseRunId: request.baseRunId ?? null,
    dryRun: request.dryRun ?? false,
  }
  const made = request.once ? await runs.createOnce(row, request.once) : { ...(await runs.create(row)), created: true }
  if (!made.created) return startAgain(services, made.id, request)
  return start(services, input, concurrencyKey)
}

/**
 * The process that made the run's row may have died, or found Temporal away, before it could start it. Starting twice starts once.
 *
 * @param tools what the row does not keep, from the request that is repeated.
 */
export async function startAgain(
  services: Pick<Services, 'db' | 'engine'>,
  runId: string,
  tools: Pick<RunRequest, 'presets' | 'only'> = {},
): Promise<Started> {
  const run = await services.db.runs.reopen(runId)
  if (!run) return { runId, disposition: 'ran', created: false }
  const started = await start(services, inputOf(run, tools), run.concurrencyKey)
  return { ...started, created: false }
}

/** What started, or was to start, the workflow of a run. */
export function inputOf(run: RunRecord, { presets, only }: Pick<RunRequest, 'presets' | 'only'> = {}): RunInput {
  const { plan, params, trigger: kind, requestedBy: by, payload, environment, dryRun } = run
  const trigger = { kind, by, ...(payload === null ? {} : { payload }) }
  const tools = {
    ...(dryRun ? { mode: 'rehearsal' as const } : {}),
    ...(presets ? { presets } : {}),
    ...(only ? { only } : {}),
  }
  return { plan, context: { runId: run.id, params, trigger, asOf: Date.parse(run.asOf), environment, ...tools } }
}

async function start(
  { db, engine }: Pick<Services, 'db' | 'engine'>,
  input: RunInput,
  concurrencyKey: string | null,
): Promise<Started> {
  const { runId } = input.context
  try {
    const entered = await engine.startRun(input, { concurrencyKey })
    switch (entered.disposition) {
      case 'ran':
      case 'queued':
        return { ...entered, created: true }
      case 'joined':
      case 'dropped':
        // It is no run of its own: its row goes, and a repeated request is answered with the run that goes on.
        await db.runs.giveWay(runId, entered.runId)
        return { ...entered, created: false }
    }
  } catch (error) {
    const { code, message, fix } = problemOf(error)
    await db.runs.fail(runId, { code, message, fix, retryable: true })
    throw error
  }
}

/**
 * A draft's runs and runs from a step on are someone's trials: they neither hold up nor become a part of the runs that the key is for.
 */
function keyOf(input: RunInput, { draftRevision, presets, only, dryRun }: RunRequest): string | null {
  if (draftRevision !== undefined || presets || only || dryRun) return null
  const resolved = concurrencyKeyOf(input.plan, input.context)
  if (resolved.ok) return resolved.key
  throw new ApiError({
    status: 422,
    code: 'concurrency-key',
    message: resolved.message,
    fix: 'Correct `concurrency.key` in the runbook; it may use params and trigger.',
  })
}

async function toolsOf(
  { db }: Pick<Services, 'db'>,
  plan: Plan,
  { name, draftRevision, presets, only }: RunRequest,
): Promise<Pick<RunInput['context'], 'presets' | 'only'>> {
  const known = new Set(plan.steps.filter(({ parent }) => parent === null).map(({ id }) => id))
  const unknown = [...(only ?? []), ...Object.keys(presets ?? {}).map(stepIdOf)].find(
    (id) => !plan.steps.some((step) => step.id === id) || (only?.includes(id) && !known.has(id)),
  )
  if (unknown !== undefined) {
    throw new ApiError({
      status: 400,
      code: 'unknown-step',
      message: `The runbook "${name}" has no step "${unknown}" that can be run by itself.`,
      fix: 'Name a step of this version that is in no loop.',
    })
  }
  const pins = draftRevision === undefined ? [] : await db.pins.list(name)
  const pinned = pins
    .filter(({ stepId }) => known.has(stepId) && !only?.includes(stepId))
    .map(({ stepId, result }): [string, Preset] => [stepId, { result, origin: 'pinned' }])
  const all = { ...Object.fromEntries(pinned), ...presets }
  return { ...(Object.keys(all).length > 0 ? { presets: all } : {}), ...(only ? { only } : {}) }
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
