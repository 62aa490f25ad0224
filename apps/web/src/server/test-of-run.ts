/** A run on record as a test of its runbook, and tests run on the server, where the compute nodes are. */
import { findComputeNode } from '@tenon/activities/compute'
import { parseRunbook, type RunbookTest } from '@tenon/runbook'
import { addTest, recordTest, testSteps, type TestResult } from '@tenon/runbook/testing'
import { type Actor, actorKey, labelOf } from './actor.ts'
import { ApiError } from './errors.ts'
import { documentInvalid } from './publish-runbook.ts'
import type { Services } from './services.ts'

/** @throws ApiError `unknown-run`, `run-not-testable`. */
export async function testOfRun({ db }: Pick<Services, 'db'>, id: string): Promise<RunbookTest> {
  const run = await db.runs.get(id)
  if (!run)
    throw new ApiError({
      status: 404,
      code: 'unknown-run',
      message: `There is no run ${id}.`,
      fix: 'Use the id that starting the run gave.',
    })
  const recorded = recordTest(
    {
      plan: run.plan,
      run,
      steps: await db.runs.steps(id),
      ...(run.conclusion ? { title: shortened(run.conclusion) } : {}),
    },
    { compute: findComputeNode },
  )
  if (recorded.ok) return recorded.test
  throw new ApiError({ status: 409, code: 'run-not-testable', message: recorded.message, fix: recorded.fix })
}

/**
 * Adds a run as a test to its runbook's draft; the draft's text stays as it is otherwise.
 * @throws ApiError as `testOfRun`, `document-invalid` when the draft cannot be read; DbError `draft-conflict`.
 */
export async function saveRunAsTest(
  services: Pick<Services, 'db'>,
  { id, actor }: { id: string; actor: Actor },
): Promise<{ runbook: string; name: string; revision: number }> {
  const { db } = services
  const test = await testOfRun(services, id)
  const run = await db.runs.summary(id)
  const runbook = run?.runbook.name ?? ''
  const draft = await db.runbooks.draft(runbook)
  const { document, problems } = parseRunbook(draft.source)
  if (!document) throw documentInvalid(problems)
  const name = freeName(`run_${id.replaceAll(/[^a-z0-9]/g, '').slice(0, 8)}`, document.tests)
  const { revision } = await db.runbooks.saveDraft({
    name: runbook,
    baseRevision: draft.revision,
    source: addTest(draft.source, name, test),
    by: labelOf(actor),
  })
  await db.audit.append({
    actor: actorKey(actor),
    action: 'tests.add',
    subject: runbook,
    detail: { test: name, runId: id },
  })
  return { runbook, name, revision }
}

/** How long the tests of one request may hold the process before others get their turn, and how long they may take in all, milliseconds. */
const slice = 8
const longest = 10_000

/** Runs every test of a text, in slices. @throws ApiError `document-invalid`, `tests-too-long`. */
export async function runSourceTests({ compile }: Pick<Services, 'compile'>, source: string): Promise<TestResult[]> {
  const compiled = await compile(source)
  if (!compiled.ok) throw documentInvalid(compiled.problems)
  const results: TestResult[] = []
  const end = performance.now() + longest
  let pause = performance.now() + slice
  for (const [name, test] of Object.entries(compiled.document.tests)) {
    const going = testSteps(compiled.plan, test, { name, compute: findComputeNode })
    for (let next = going.next(); ; next = going.next()) {
      if (next.done) {
        results.push(next.value)
        break
      }
      if (performance.now() < pause) continue
      if (performance.now() > end) throw testsTooLong(name)
      await new Promise((resolve) => setImmediate(resolve))
      pause = performance.now() + slice
    }
  }
  return results
}

const testsTooLong = (name: string) =>
  new ApiError({
    status: 422,
    code: 'tests-too-long',
    message: `The tests took longer than ${longest / 1000} s; "${name}" was under way.`,
    fix: 'Give loops fewer rounds in the tests, or run them with tenon test.',
  })

const longestTitle = 100

/** Whole words of the conclusion: its figures are in the record. */
function shortened(text: string): string {
  if (text.length <= longestTitle) return text
  return `${text.slice(0, text.lastIndexOf(' ', longestTitle - 1)).replace(/[,;:.]$/, '')}…`
}

function freeName(wanted: string, taken: Readonly<Record<string, unknown>>): string {
  if (!Object.hasOwn(taken, wanted)) return wanted
  for (let number = 2; ; number += 1) if (!Object.hasOwn(taken, `${wanted}_${number}`)) return `${wanted}_${number}`
}
