/** A run that was recorded in production becomes a test. */
import type { RunbookTest } from '../document.ts'
import type { Plan, PlanStep } from '../plan.ts'
import type { StepError } from '../run.ts'
import { stepIdOf } from '../step-key.ts'
import { isObject } from '../value-type.ts'
import type { Hypothesis, Verdict, VerdictValue } from '../verdict.ts'
import { runTest, type TestTools } from './run-test.ts'

/** A run as it is on record. */
export interface RecordedRun {
  status: string
  params: Record<string, unknown>
  /** ISO 8601. */
  asOf: string
  verdict: VerdictValue | null
  /** What the trigger brought. */
  payload?: unknown
}

/** A step as it is on record; `stepId` is its key. Times are ISO 8601. */
export interface RecordedStep {
  stepId: string
  status: string
  outcome: string | null
  summary: string | null
  input: unknown
  output: unknown
  verdict: Verdict | null
  hypotheses: Hypothesis[]
  error: StepError | null
  startedAt: string | null
}

export type TestRecording = { ok: true; test: RunbookTest } | { ok: false; message: string; fix: string }

/**
 * The test that repeats a run: what reads, writes, people, events and child runbooks answered, without evidence, and what the run made of it. Steps that
 * compute are worked out anew by the test. Only runs that ended by themselves can be repeated.
 */
export function recordTest(
  recorded: { plan: Plan; run: RecordedRun; steps: readonly RecordedStep[]; title?: string },
  tools: TestTools,
): TestRecording {
  const { plan, run, steps, title } = recorded
  const { status } = run
  if (status !== 'succeeded' && status !== 'failed') {
    const message = `The run is ${status}: only runs that ended by themselves can be repeated as a test.`
    return { ok: false, message, fix: 'Take a run that succeeded or failed.' }
  }
  const byId = new Map(plan.steps.map((step) => [step.id, step]))
  const ran = steps.filter(({ startedAt }) => startedAt !== null)
  const answers: Record<string, unknown[]> = {}
  const outcomes: Record<string, string> = {}
  const actions: { step: string; input: Record<string, unknown> }[] = []
  for (const row of ran.toSorted(inOrder)) {
    const id = stepIdOf(row.stepId)
    const step = byId.get(id)
    if (!step) continue
    const answer = answerOf(step, row)
    if (answer) (answers[id] ??= []).push(answer)
    if (step.effect === 'compute' && row.stepId === id && row.outcome !== null) outcomes[id] = row.outcome
    if (step.effect === 'write' && isObject(row.input)) actions.push({ step: id, input: row.input })
  }
  const test: RunbookTest = {
    ...(title === undefined ? {} : { title }),
    params: run.params,
    at: run.asOf,
    ...(run.payload === undefined || run.payload === null ? {} : { trigger: { payload: run.payload } }),
    steps: Object.fromEntries(Object.entries(answers).map(([id, list]) => [id, sameThroughout(list) ? list[0] : list])),
    expect: {
      status,
      ...(run.verdict === null ? {} : { verdict: run.verdict }),
      ...(Object.keys(outcomes).length === 0 ? {} : { outcomes }),
      actions,
    },
  }
  // Branches that ran side by side ended in the order of that day; the path that a test takes is its own, and only it can say it.
  const repeated = runTest(plan, test, tools)
  const path = repeated.passed && repeated.run ? { path: repeated.run.path } : {}
  return { ok: true, test: { ...test, expect: { ...test.expect, ...path } } }
}

function inOrder(a: RecordedStep, b: RecordedStep): number {
  const [left, right] = [a.startedAt ?? '', b.startedAt ?? '']
  if (left !== right) return left < right ? -1 : 1
  // Rounds that began in one moment.
  return a.stepId.localeCompare(b.stepId, 'en', { numeric: true })
}

/** What the outside answered; null for a step that the test works out itself. */
function answerOf({ effect }: PlanStep, row: RecordedStep): object | null {
  switch (effect) {
    case 'compute':
    case 'wait':
    case 'each':
    case 'repeat':
    case 'stop':
      return null
    case 'read':
    case 'write':
    case 'approve':
    case 'event':
    case 'child':
      break
  }
  if (row.error !== null) {
    const { code, message } = row.error
    return { error: { code, message } }
  }
  if (row.outcome === null) return null
  const { outcome, summary, verdict, hypotheses } = row
  const output = effect === 'approve' ? decisionOnly(row.output) : row.output
  return {
    outcome,
    ...(output === null || output === undefined ? {} : { output }),
    ...(summary === null || summary === '' ? {} : { summary }),
    ...(verdict === null ? {} : { verdict }),
    ...(hypotheses.length === 0 ? {} : { hypotheses }),
  }
}

/** Hashes and times are of that run only. */
function decisionOnly(output: unknown): unknown {
  if (!isObject(output)) return output
  return Object.fromEntries(['by', 'comment', 'form'].flatMap((name) => (name in output ? [[name, output[name]]] : [])))
}

function sameThroughout(list: readonly unknown[]): boolean {
  const [first] = list.map((one) => JSON.stringify(one))
  return list.every((one) => JSON.stringify(one) === first)
}
