/** Two runs side by side: what came out differently, and where. */
import type { RunStatus } from '../run.ts'
import type { VerdictValue } from '../verdict.ts'
import type { RecordedStep } from './recorded-step.ts'

/** A run as it is on record. Times are ISO 8601. */
export interface RecordedRun {
  id: string
  version: number | null
  status: RunStatus | 'queued'
  verdict: VerdictValue | null
  conclusion: string | null
  params: Record<string, unknown>
  startedAt: string
  endedAt: string | null
  steps: readonly RecordedStep[]
}

/** A value that differs; `undefined` (left out in JSON) where there is none. */
export interface Difference {
  /** Names and positions, outermost first. */
  path: (string | number)[]
  left?: unknown
  right?: unknown
}

export interface ComparedStep {
  /** Step key. */
  stepId: string
  title: string
  left: StepSide | null
  right: StepSide | null
  /** What is not the same. Duration is never listed: it always differs. */
  changed: ('presence' | 'status' | 'outcome' | 'verdict' | 'output' | 'error')[]
  /** Where the outputs differ; at most 50 places. */
  output: Difference[]
}

export interface StepSide {
  status: RecordedStep['status']
  outcome: string | null
  verdict: VerdictValue | null
  summary: string | null
  error: { code: string; message: string } | null
  durationMs: number | null
}

export interface RunSide {
  id: string
  version: number | null
  status: RecordedRun['status']
  verdict: VerdictValue | null
  conclusion: string | null
  durationMs: number | null
}

export interface RunComparison {
  left: RunSide
  right: RunSide
  /** Nothing but durations differs. */
  same: boolean
  params: Difference[]
  /** In the order of the left run; steps that only the right one has come last. */
  steps: ComparedStep[]
}

const mostDifferences = 50

/** Compares two runs, of one runbook or of two. */
export function compareRuns(left: RecordedRun, right: RecordedRun): RunComparison {
  const rightSteps = new Map(right.steps.map((step) => [step.stepId, step]))
  const leftIds = new Set(left.steps.map(({ stepId }) => stepId))
  const steps = [
    ...left.steps.map((step) => compareSteps(step, rightSteps.get(step.stepId) ?? null)),
    ...right.steps.filter(({ stepId }) => !leftIds.has(stepId)).map((step) => compareSteps(null, step)),
  ].filter((one) => one !== null)
  const params = differences(left.params, right.params)
  const same =
    left.status === right.status &&
    left.verdict === right.verdict &&
    left.conclusion === right.conclusion &&
    params.length === 0 &&
    steps.every(({ changed }) => changed.length === 0)
  return { left: runSide(left), right: runSide(right), same, params, steps }
}

function compareSteps(left: RecordedStep | null, right: RecordedStep | null): ComparedStep | null {
  const one = left ?? right
  if (!one) return null
  const base = { stepId: one.stepId, title: one.title, left: left && stepSide(left), right: right && stepSide(right) }
  if (!left || !right) return { ...base, changed: ['presence'], output: [] }
  const output = differences(left.output, right.output)
  const changed: ComparedStep['changed'] = []
  if (left.status !== right.status) changed.push('status')
  if (left.outcome !== right.outcome) changed.push('outcome')
  if (left.verdict?.value !== right.verdict?.value) changed.push('verdict')
  if (output.length > 0) changed.push('output')
  if (left.error?.code !== right.error?.code) changed.push('error')
  return { ...base, changed, output }
}

function stepSide(step: RecordedStep): StepSide {
  return {
    status: step.status,
    outcome: step.outcome,
    verdict: step.verdict?.value ?? null,
    summary: step.summary,
    error: step.error && { code: step.error.code, message: step.error.message },
    durationMs: durationMs(step.startedAt, step.endedAt),
  }
}

const runSide = (run: RecordedRun): RunSide => ({
  id: run.id,
  version: run.version,
  status: run.status,
  verdict: run.verdict,
  conclusion: run.conclusion,
  durationMs: durationMs(run.startedAt, run.endedAt),
})

const durationMs = (from: string | null, to: string | null): number | null =>
  from === null || to === null ? null : Date.parse(to) - Date.parse(from)

/** Where two values of JSON differ: leaf by leaf, lists position by position; at most 50 places. */
export function differences(left: unknown, right: unknown): Difference[] {
  const found: Difference[] = []
  const open: Difference[] = [{ path: [], left, right }]
  for (let at = open.pop(); at !== undefined && found.length < mostDifferences; at = open.pop()) {
    const keys = commonKeys(at.left, at.right)
    if (keys) {
      // The last one pushed is looked at first.
      for (const key of keys.toReversed()) {
        open.push({ path: [...at.path, key], left: child(at.left, key), right: child(at.right, key) })
      }
    } else if (!Object.is(at.left, at.right)) found.push(at)
  }
  return found
}

/** null when they are no two lists and no two objects. */
function commonKeys(left: unknown, right: unknown): (string | number)[] | null {
  if (Array.isArray(left) && Array.isArray(right)) {
    return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => index)
  }
  if (!isObject(left) || !isObject(right)) return null
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function child(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return value[Number(key)]
  return isObject(value) && Object.hasOwn(value, String(key)) ? value[String(key)] : undefined
}
