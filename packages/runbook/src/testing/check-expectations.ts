/** What a test expects against what its run did: one line for each difference. */
import { canonicalJson } from '../canonical.ts'
import type { RunbookTest } from '../document.ts'
import { suggest } from '../nearest.ts'
import type { Plan } from '../plan.ts'
import { roundsOf, stepIdOf } from '../step-key.ts'
import type { TestedRun, TestFailure } from './test-result.ts'

export function checkExpectations({ expect }: RunbookTest, run: TestedRun, plan: Plan): TestFailure[] {
  const { status, verdict, path, outcomes, actions } = expect
  return [
    ...(status === undefined || status === run.status ? [] : [differs('status', status, run.status)]),
    ...(verdict === undefined || verdict === run.verdict
      ? []
      : [differs('verdict', verdict, run.verdict ?? 'no report at all')]),
    ...(path === undefined ? [] : checkPath(path, run.path)),
    ...Object.entries(outcomes ?? {}).flatMap(([step, outcome]) => checkOutcome(step, outcome, { run, plan })),
    ...(actions === undefined ? [] : checkActions(actions, run)),
  ]
}

function differs(what: 'status' | 'verdict', expected: string, got: string): TestFailure {
  return { what, step: null, message: `Expected ${what} ${expected}, got ${got}.` }
}

/** The first place where the two part tells more than both lists. */
function checkPath(expected: readonly string[], got: readonly string[]): TestFailure[] {
  const length = Math.max(expected.length, got.length)
  for (let at = 0; at < length; at += 1) {
    const [wanted, came] = [expected[at], got[at]]
    if (wanted === came) continue
    const after = at === 0 ? 'first' : `after ${got[at - 1]}`
    const message =
      came === undefined
        ? `Expected ${wanted} to run ${after}, but the run ended there.`
        : wanted === undefined
          ? `Expected the run to end ${after}, but ${came} ran.`
          : `Expected ${wanted} to run ${after}, got ${came}. Path: ${got.join(' → ')}.`
    return [{ what: 'path', step: came ?? wanted ?? null, message }]
  }
  return []
}

function checkOutcome(step: string, expected: string, { run, plan }: { run: TestedRun; plan: Plan }): TestFailure[] {
  const executions = Object.entries(run.outcomes).filter(([key]) => stepIdOf(key) === step)
  if (executions.length === 0) {
    const known = plan.steps.map(({ id }) => id)
    if (!known.includes(step))
      return [{ what: 'outcome', step, message: `There is no step ${step}.`, fix: suggest(step, known, 'step') }]
    return [{ what: 'outcome', step, message: `Expected ${step} to end as ${expected}, but it never began.` }]
  }
  const other = executions.find(([, outcome]) => outcome !== expected)
  if (!other) return []
  const [key, got] = other
  const rounds = roundsOf(key)
  const where = rounds.length === 0 ? '' : ` in round ${rounds.map((round) => round + 1).join('.')}`
  return [{ what: 'outcome', step, message: `Expected ${step} to end as ${expected}, got ${got}${where}.` }]
}

type ExpectedAction = NonNullable<RunbookTest['expect']['actions']>[number]

function checkActions(expected: readonly ExpectedAction[], { actions }: TestedRun): TestFailure[] {
  const failures: TestFailure[] = []
  expected.forEach(({ step, input = {} }, at) => {
    const made = actions[at]
    if (made?.step !== step) {
      const got = made ? `got ${made.step}` : 'the run makes no more'
      failures.push({ what: 'action', step, message: `Expected action ${at + 1} to be ${step}, ${got}.` })
      return
    }
    for (const [field, value] of Object.entries(input)) {
      const came = made.input[field]
      if (came !== undefined && canonicalJson(came) === canonicalJson(value)) continue
      const got = came === undefined ? 'nothing' : short(came)
      failures.push({ what: 'action', step, message: `Expected ${step} with ${field} ${short(value)}, got ${got}.` })
    }
  })
  for (const { step } of actions.slice(expected.length))
    failures.push({ what: 'action', step, message: `Expected no more actions, got ${step}.` })
  return failures
}

function short(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
