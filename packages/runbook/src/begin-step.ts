/** Begins a step: resolves its inputs and says what the driver must do. */
import { approveOutput, parseApproveInput, unaskedResult } from './approval.ts'
import { placeOf, resolveInput, runBindings } from './bindings.ts'
import { eventInput, parseControl, stopInput, waitInput, waitUntil } from './control.ts'
import { isDryRun } from './dry-run.ts'
import { durationSeconds } from './duration.ts'
import { finishRun } from './finish-run.ts'
import { beginEach, beginRepeat } from './loops.ts'
import type { PlanStep } from './plan.ts'
import type { ActionPlan, Preset, StepError } from './run.ts'
import { roundsOf, stepKey } from './step-key.ts'
import type { Attempt, Turn } from './turn.ts'

/**
 * First attempt of a step that is ready. Afterwards it has ended or goes on; a loop's first rounds have begun.
 *
 * @returns keys of steps that are to be looked at because of it.
 */
export function beginStep(turn: Turn, key: string): string[] {
  const planStep = turn.planStep(key)
  const preset = presetOf(turn, key)
  const untouched: Attempt = { attempt: 1, startedAt: turn.at, input: {} }
  if (preset) {
    turn.finish(key, untouched, preset.result, preset.origin)
    return []
  }
  if (planStep.mute !== null) {
    turn.finish(key, untouched, { outcome: planStep.mute, output: null, summary: 'Muted: it did not run' }, 'muted')
    return []
  }
  const resolved = resolveInput(planStep.input, runBindings(turn.state, turn.index, placeOf(turn.index, key)))
  if (resolved.ok) return beginAttempt(turn, key, { ...untouched, input: resolved.input })
  turn.fail(key, untouched, expressionFailed(resolved.message))
  return []
}

/** A yes is never taken over: people are asked again. */
export function presetOf(turn: Turn, key: string): Preset | null {
  const { presets, mode } = turn.state.context
  const preset = presets && Object.hasOwn(presets, key) ? presets[key]! : null
  // In a rehearsal nothing is carried out, so that nothing hangs on who said it.
  const isYes = mode !== 'rehearsal' && preset?.result.outcome === 'approved' && turn.planStep(key).effect === 'approve'
  return isYes ? null : preset
}

/** An attempt with inputs that are resolved already: a retry asks the same question again. */
export function beginAttempt(turn: Turn, key: string, attempt: Attempt): string[] {
  const planStep = turn.planStep(key)
  // Timers of the attempt before would wake this one.
  turn.cancelTimersOf(key)
  switch (planStep.effect) {
    case 'compute':
    case 'read':
    case 'write':
      turn.set(key, { status: 'running', ...attempt })
      commandRun(turn, key, attempt)
      return []
    case 'child':
      turn.set(key, { status: 'running', ...attempt })
      commandChild(turn, key, attempt)
      return []
    case 'approve':
      beginApproval(turn, key, attempt)
      return []
    case 'wait':
      beginWait(turn, key, attempt)
      return []
    case 'event':
      beginEvent(turn, key, attempt)
      return []
    case 'each':
      return beginEach(turn, key, attempt)
    case 'repeat':
      return beginRepeat(turn, key, attempt)
    case 'stop':
      stop(turn, key, attempt)
      return []
  }
}

/** What a driver is told to do for a step that runs; also when it begins anew in the middle of the attempt. */
export function commandRun(turn: Turn, key: string, { attempt, input }: Attempt): void {
  const approvedHash = findApprovedHash(turn, key)
  turn.command({
    kind: 'run-step',
    stepId: key,
    attempt,
    input,
    asOf: turn.state.context.asOf,
    timeoutSeconds: turn.planStep(key).timeoutSeconds,
    ...(approvedHash === null ? {} : { approvedHash }),
  })
}

export function commandChild(turn: Turn, key: string, { attempt, input }: Attempt): void {
  const { child, timeoutSeconds } = turn.planStep(key)
  if (!child) throw new Error(`The step ${key} of plan ${turn.plan.hash} names no runbook.`)
  turn.command({ kind: 'run-child', stepId: key, attempt, child, params: input['params'] ?? {}, timeoutSeconds })
}

/**
 * People see what would be done before they are asked, so the guarded actions are planned first. A dry run asks nobody, and plans each action when it comes to
 * it: a second plan of one would be another on record.
 */
function beginApproval(turn: Turn, key: string, attempt: Attempt): void {
  const parsed = parseApproveInput(attempt.input)
  if (!parsed.ok) return turn.fail(key, attempt, parsed.error)
  if (isDryRun(turn.state.context)) return turn.finish(key, attempt, unaskedResult(turn.at))
  if (turn.planStep(key).guards.length === 0) return askPeople(turn, key, { attempt, plans: [] })
  commandPlan(turn, key, attempt)
}

export function commandPlan(turn: Turn, key: string, attempt: Attempt): void {
  const place = placeOf(turn.index, key)
  const bindings = runBindings(turn.state, turn.index, place)
  const actions: { stepId: string; input: Record<string, unknown> }[] = []
  for (const guarded of turn.planStep(key).guards) {
    const resolved = resolveInput(turn.index.step(guarded).input, bindings)
    if (!resolved.ok) return turn.fail(key, attempt, expressionFailed(`Action "${guarded}": ${resolved.message}`))
    actions.push({ stepId: stepKey(guarded, place.rounds), input: resolved.input })
  }
  turn.set(key, { status: 'running', ...attempt })
  turn.command({ kind: 'plan-actions', stepId: key, attempt: attempt.attempt, actions })
}

/** Puts the question to people and starts the time after which it expires. */
export function askPeople(
  turn: Turn,
  key: string,
  { attempt, plans }: { attempt: Attempt; plans: ActionPlan[] },
): void {
  const parsed = parseApproveInput(attempt.input)
  if (!parsed.ok) return turn.fail(key, attempt, parsed.error)
  const { attempt: number, startedAt, input } = attempt
  const { expiresAfterSeconds } = parsed.value
  const expiresAt = turn.at + expiresAfterSeconds * 1000
  const on = { kind: 'people' as const, expiresAt, plans, approvals: [] }
  turn.set(key, { status: 'waiting', attempt: number, startedAt, input, on })
  turn.command({ kind: 'request-approval', stepId: key, plans, expiresAt, input })
  turn.startTimer(`approval:${key}:${number}`, expiresAfterSeconds)
}

function beginWait(turn: Turn, key: string, attempt: Attempt): void {
  const parsed = parseControl(waitInput, attempt.input)
  const until = parsed.ok ? waitUntil(parsed.value, turn.at) : parsed
  if (!until.ok) return turn.fail(key, attempt, until.error)
  if (until.value <= turn.at) return finishWait(turn, key, { attempt, until: until.value })
  turn.set(key, { status: 'waiting', ...attempt, on: { kind: 'time', until: until.value } })
  turn.startTimer(`wait:${key}:${attempt.attempt}`, (until.value - turn.at) / 1000)
}

export function finishWait(turn: Turn, key: string, { attempt, until }: { attempt: Attempt; until: number }): void {
  const waitedSeconds = (turn.at - attempt.startedAt) / 1000
  const output = { until: new Date(until).toISOString(), waitedSeconds }
  turn.finish(key, attempt, { outcome: 'done', output, summary: `Waited ${Math.round(waitedSeconds)} s` })
}

function beginEvent(turn: Turn, key: string, attempt: Attempt): void {
  const parsed = parseControl(eventInput, attempt.input)
  if (!parsed.ok) return turn.fail(key, attempt, parsed.error)
  const { event, expiresAfter } = parsed.value
  const seconds = durationSeconds(expiresAfter) ?? 3600
  const expiresAt = turn.at + seconds * 1000
  turn.set(key, { status: 'waiting', ...attempt, on: { kind: 'event', event, expiresAt } })
  turn.command({ kind: 'await-event', stepId: key, event, expiresAt })
  turn.startTimer(`event:${key}:${attempt.attempt}`, seconds)
}

function stop(turn: Turn, key: string, attempt: Attempt): void {
  const parsed = parseControl(stopInput, attempt.input)
  if (!parsed.ok) return turn.fail(key, attempt, parsed.error)
  const { as, reason } = parsed.value
  const summary = reason === '' ? 'Ended the run' : reason
  turn.finish(key, attempt, { outcome: 'stopped', output: { as, reason }, summary })
  const message = `"${turn.planStep(key).title}" ended the run: ${summary}`
  finishRun(turn, as, as === 'failed' ? { code: 'stopped', message, retryable: false } : null)
}

/** The hash that people approved for this step; null when no approval leads to it. Hashes stand in the order of the guards. */
function findApprovedHash(turn: Turn, key: string): string | null {
  const { id } = turn.planStep(key)
  for (const edge of turn.index.incoming(id)) {
    const asker: PlanStep = turn.index.step(edge.from)
    const position = asker.guards.indexOf(id)
    const source = turn.stepState(stepKey(edge.from, roundsOf(key)))
    if (position === -1 || source?.status !== 'done' || source.result.outcome !== 'approved') continue
    // A muted or reused approval approved nothing.
    const hash = approveOutput.safeParse(source.result.output).data?.hashes[position]
    if (hash !== undefined && source.origin === undefined) return hash
  }
  return null
}

export function expressionFailed(message: string): StepError {
  return {
    code: 'expression-failed',
    message,
    fix: 'Correct the expression, or guard it with has(...) or steps.<id>.outcome.',
    retryable: false,
  }
}
