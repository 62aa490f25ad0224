/** Runs the interpreter and the reference model side by side on random plans, and says where they first differ. */
import type { RunCommand, RunEvent, RunState } from '../../src/run.ts'
import { canonicalJson } from '../../src/canonical.ts'
import { choicesFrom, diceFrom } from './dice.ts'
import { newModel, viewOf, type ModelView } from './model.ts'
import { applyEvent } from './model-events.ts'
import type { Begun } from './model-state.ts'
import { drive } from './random-drive.ts'
import { type RandomRun, randomRun } from './random-plan.ts'

export interface Difference {
  /** Seed of the graph; `differenceOf(choicesFrom(seed, choiceCount))` finds it again. */
  seed: number
  /** The fewest and smallest choices found that still show it. */
  choices: number[]
  run: RandomRun
  events: RunEvent[]
  /** Lines such as `steps.s1: interpreter {"status":"done"}, model {"status":"running"}`. */
  lines: string[]
}

export interface FuzzReport {
  graphs: number
  events: number
  /** How often each effect, join and way to end came up: a fuzz that never saw a construct says nothing about it. */
  seen: Record<string, number>
  differences: Difference[]
}

export const choiceCount = 4000

/**
 * Compares `count` random graphs from `seed` on, after every event of each run.
 *
 * @example fuzzDifferences(20_000, 1).differences // []
 */
export function fuzzDifferences(
  count: number,
  seed: number,
  { onDifference, most = 5 }: { onDifference?: (difference: Difference) => void; most?: number } = {},
): FuzzReport {
  const report: FuzzReport = { graphs: 0, events: 0, seen: {}, differences: [] }
  for (let graph = 0; graph < count && report.differences.length < most; graph += 1) {
    const choices = choicesFrom(seed + graph, choiceCount)
    const compared = compare(choices)
    report.graphs += 1
    report.events += compared.events.length
    for (const name of constructsOf(compared)) report.seen[name] = (report.seen[name] ?? 0) + 1
    if (compared.lines.length === 0) continue
    const difference = { seed: seed + graph, ...smallest(choices, compared) }
    report.differences.push(difference)
    onDifference?.(difference)
  }
  return report
}

/** Text with all that is needed to see a difference again. */
export function describeDifference({ seed, run, events, lines }: Difference): string {
  return [
    `seed ${seed}`,
    JSON.stringify(run.plan),
    JSON.stringify(run.context),
    ...events.map((one) => JSON.stringify(one)),
    ...lines,
  ].join('\n')
}

type Compared = Omit<Difference, 'seed' | 'choices'> & { last: RunState | null }

/** One random run under both. `lines` is empty when they agree. */
export function compare(choices: readonly number[]): Compared {
  const dice = diceFrom(choices)
  const run = randomRun(dice)
  const model = newModel(run.plan, run.context)
  const asked: RunCommand[] = []
  const result: Compared = { run, events: [], lines: [], last: null }
  try {
    drive(run, dice, {
      onTaken: ({ event, after, commands }) => {
        result.events.push(event)
        asked.push(...commands)
        applyEvent(model, event)
        result.last = after
        result.lines = differences(viewOfState(after, asked), viewOf(model))
        return result.lines.length === 0
      },
    })
  } catch (error) {
    result.lines = [error instanceof Error ? (error.stack ?? error.message) : String(error)]
  }
  return result
}

/** The interpreter's state, in the model's form. */
export function viewOfState(state: RunState, commands: readonly RunCommand[]): ModelView {
  const steps = Object.entries(state.steps).map(([key, one]): [string, ModelView['steps'][string]] => {
    switch (one.status) {
      case 'done': {
        const isLoop = one.origin === undefined && /^(done|partial|empty|met|exhausted)$/.test(one.result.outcome)
        const output = isLoop && isLoopOutput(one.result.output) ? { output: one.result.output } : {}
        return [key, { status: 'done', outcome: one.result.outcome, ...output }]
      }
      case 'failed':
        return [key, { status: 'failed', code: one.error.code }]
      case 'skipped':
        return [key, { status: 'skipped', ...(one.reason === 'Not asked for.' ? { reason: one.reason } : {}) }]
      case 'pending':
      case 'running':
      case 'backing-off':
      case 'waiting':
      case 'cancelled':
        return [key, { status: one.status }]
    }
  })
  return {
    status: state.status,
    error: state.status === 'succeeded' ? null : (state.error?.code ?? null),
    steps: Object.fromEntries(steps),
    openTimers: state.timers,
    begun: commands.flatMap(begunBy),
    joined: state.joined.length,
    finished: commands.some(({ kind }) => kind === 'finish-run'),
    reverted: commands.some(({ kind }) => kind === 'revert-actions'),
  }
}

function begunBy(command: RunCommand): Begun[] {
  switch (command.kind) {
    case 'run-step':
      return [
        {
          what: 'run',
          key: command.stepId,
          attempt: command.attempt,
          input: command.input,
          ...(command.approvedHash === undefined ? {} : { approvedHash: command.approvedHash }),
        },
      ]
    case 'run-child':
      return [{ what: 'child', key: command.stepId, attempt: command.attempt, input: command.params }]
    case 'plan-actions':
      return [{ what: 'plan', key: command.stepId, attempt: command.attempt }]
    case 'request-approval':
      return [{ what: 'ask', key: command.stepId }]
    case 'await-event':
      return [{ what: 'await', key: command.stepId }]
    case 'stop-awaiting':
    case 'start-timer':
    case 'cancel-timer':
    case 'cancel-step':
    case 'revert-actions':
    case 'finish-run':
      return []
  }
}

const isLoopOutput = (output: unknown): boolean =>
  typeof output === 'object' && output !== null && ('results' in output || 'rounds' in output)

function differences(interpreter: ModelView, model: ModelView): string[] {
  const lines: string[] = []
  const check = (name: string, left: unknown, right: unknown): void => {
    const [a, b] = [canonicalJson(left ?? null), canonicalJson(right ?? null)]
    if (a !== b) lines.push(`${name}: interpreter ${a}, model ${b}`)
  }
  const { steps: left, ...restLeft } = interpreter
  const { steps: right, ...restRight } = model
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) check(`steps.${key}`, left[key], right[key])
  for (const name of Object.keys(restRight) as (keyof typeof restRight)[]) check(name, restLeft[name], restRight[name])
  return lines
}

/** Takes choices away and makes them smaller while the two still differ. */
function smallest(choices: readonly number[], found: Compared): Omit<Difference, 'seed'> {
  let best = { choices: [...choices], compared: found }
  const attempt = (candidate: number[]): boolean => {
    const compared = compare(candidate)
    if (compared.lines.length === 0) return false
    best = { choices: candidate, compared }
    return true
  }
  let budget = 1500
  for (let changed = true; changed && budget > 0;) {
    changed = false
    for (let size = 64; size >= 1; size = Math.floor(size / 2)) {
      for (let from = 0; from < best.choices.length && budget > 0; budget -= 1) {
        if (attempt(best.choices.toSpliced(from, size))) changed = true
        else from += size
      }
    }
    for (let at = 0; at < best.choices.length && budget > 0; at += 1) {
      if (best.choices[at] === 0) continue
      budget -= 1
      if (attempt(best.choices.with(at, 0)) || attempt(best.choices.with(at, Math.floor(best.choices[at]! / 2))))
        changed = true
    }
  }
  const { run, events, lines } = best.compared
  return { choices: best.choices, run, events, lines }
}

function constructsOf({ run, events, last }: Compared): Set<string> {
  const seen = new Set<string>()
  for (const { effect, join, joinDeadlineSeconds, mute, parent } of run.plan.steps) {
    seen.add(`effect ${effect}`)
    seen.add(
      `join ${typeof join === 'string' ? join : 'atLeast'}${joinDeadlineSeconds === null ? '' : ' with a deadline'}`,
    )
    if (mute !== null) seen.add('is muted')
    if (parent !== null) seen.add('is in a loop')
  }
  if (run.context.presets) seen.add('is preset')
  if (run.context.only) seen.add('is only')
  for (const event of events)
    seen.add(`event ${event.kind === 'timer-fired' ? `timer ${event.timerId.split(':')[0]}` : event.kind}`)
  if (!last) return seen
  seen.add(`run ${last.status}`)
  for (const one of Object.values(last.steps)) {
    if (one.status === 'done')
      seen.add(one.result.outcome === 'stopped' ? 'is stopped' : `outcome ${one.result.outcome}`)
    else seen.add(one.status === 'failed' ? `error ${one.error.code}` : `is ${one.status}`)
  }
  return seen
}
