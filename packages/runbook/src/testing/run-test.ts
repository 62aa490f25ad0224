/** Runs the tests of a document: recorded answers, a fixed clock, no network, no writes. */
import type { RunbookTest } from '../document.ts'
import { parseParams } from '../parse-params.ts'
import type { Plan } from '../plan.ts'
import { checkExpectations } from './check-expectations.ts'
import type { FindCompute } from '../compute-step.ts'
import { RecordedWorld } from './recorded-world.ts'
import { Rehearsal } from './rehearsal.ts'
import { testedRun } from './tested-run.ts'
import type { TestFailure, TestResult } from './test-result.ts'

export interface TestTools {
  /** `findComputeNode` of packages/activities. */
  compute: FindCompute
}

/** More events than any test needs: one that goes on for ever is stopped here. */
const mostTurns = 20_000

/**
 * Runs one test of a plan's document. Never throws for what the document says: everything that is wrong is a failure of the test.
 *
 * @example runTest(plan, document.tests.drop, { name: 'drop', compute: findComputeNode }).passed
 */
export function runTest(plan: Plan, test: RunbookTest, tools: TestTools & { name?: string }): TestResult {
  const going = testSteps(plan, test, tools)
  for (;;) {
    const { done, value } = going.next()
    if (done) return value
  }
}

/** The same bit by bit: a server that runs the tests of others answers its requests in between, and stops when it has been too long. */
export function* testSteps(
  plan: Plan,
  test: RunbookTest,
  { name = 'test', compute }: TestTools & { name?: string },
): Generator<undefined, TestResult> {
  const title = test.title ?? name
  const parsed = parseParams(plan.params, test.params)
  if (!parsed.ok) {
    const failures = parsed.problems.map(({ message, fix }) => ({ what: 'run' as const, step: null, message, fix }))
    return { name, title, passed: false, failures, run: null }
  }
  const rehearsal = new Rehearsal(plan, {
    runId: `test-${name}`,
    params: parsed.params,
    trigger: { kind: 'test', by: 'test', ...(test.trigger === undefined ? {} : { payload: test.trigger.payload }) },
    asOf: Date.parse(test.at),
  })
  const world = new RecordedWorld(rehearsal, test, compute)
  while (rehearsal.running && rehearsal.turns < mostTurns) {
    yield
    const question = rehearsal.takeQuestion()
    if (question) world.answer(question)
    else if (!rehearsal.fireNextTimer()) break
  }
  const run = testedRun(rehearsal)
  const failures = [...world.failures, ...unended(rehearsal)]
  // What follows from a missing answer is not worth a line of its own.
  if (failures.length === 0) failures.push(...checkExpectations(test, run, plan))
  return { name, title, passed: failures.length === 0, failures, run }
}

/** Runs all tests of a document, in its order. */
export function runTests(plan: Plan, tests: Readonly<Record<string, RunbookTest>>, tools: TestTools): TestResult[] {
  return Object.entries(tests).map(([name, test]) => runTest(plan, test, { ...tools, name }))
}

function unended({ running, turns }: Rehearsal): TestFailure[] {
  if (!running) return []
  const message =
    turns >= mostTurns ? `The run went on after ${mostTurns} events.` : 'The run waits for something that never comes.'
  return [{ what: 'run', step: null, message, fix: 'Give its loops fewer rounds in this test.' }]
}
