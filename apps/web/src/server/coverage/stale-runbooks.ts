/** Published runbooks that may not be what is needed any more: untouched, unused, naming what is gone, or failing their own tests. */
import type { LiveRunbook } from '@tenon/db'
import type { Model } from '@tenon/data'
import { durationSeconds, parseRunbook, type RunbookDocument } from '@tenon/runbook'
import { problemOf } from '../errors.ts'
import type { Services } from '../services.ts'
import { runSourceTests } from '../test-of-run.ts'
import { goneReferences, type GoneReference } from './gone-references.ts'

/** Nobody saved it for so many days. */
export const untouchedDays = 90
/** A runbook that is published waits for its first incident so long before it counts as one that nobody uses. */
export const unusedDays = 7
const dayMs = 86_400_000

export interface RunbookState {
  name: string
  title: string
  /** ISO 8601. */
  savedAt: string
  publishedAt: string
  /** ISO 8601; null when it never ran. */
  lastRun: { id: string; at: string } | null
  untouched: boolean
  /** Published for some days, and it never ran. */
  unused: boolean
  gone: GoneReference[]
  /** It diagnoses, and may conclude later than a diagnosis must: a read that hangs is waited for. */
  unbounded: boolean
  tests: { total: number; failing: string[] }
  /** Why its tests could not be run. */
  testProblem: string | null
  stale: boolean
}

type Parts = Pick<Services, 'db' | 'catalogue' | 'compile'>

/** Of each published runbook; the stale ones first, then those that ran longest ago. */
export async function runbookStates(
  services: Parts,
  { model, now }: { model: Model; now: number },
): Promise<RunbookState[]> {
  const { db } = services
  const [live, rows] = await Promise.all([db.liveRunbooks(), db.runbooks.list()])
  const newest = await db.runs.newestOf(live.map(({ runbookId }) => runbookId))
  const savedAt = new Map(rows.map((row) => [row.name, row.savedAt]))
  const states: RunbookState[] = []
  for (const one of live) {
    const run = newest.get(one.runbookId)
    const saved = savedAt.get(one.name) ?? one.publishedAt.toISOString()
    // One after the other: tests take the process's time.
    const { gone, unbounded, ...tested } = await contentOf(services, one, model)
    const unused = !run && now - one.publishedAt.getTime() > unusedDays * dayMs
    const untouched = now - Date.parse(saved) > untouchedDays * dayMs
    const failing = tested.tests.failing.length > 0 || tested.testProblem !== null
    states.push({
      name: one.name,
      title: one.title,
      savedAt: saved,
      publishedAt: one.publishedAt.toISOString(),
      lastRun: run ? { id: run.id, at: run.startedAt } : null,
      untouched,
      unused,
      gone,
      unbounded,
      ...tested,
      stale: untouched || unbounded || gone.length > 0 || failing || unused,
    })
  }
  return states.toSorted(
    (one, other) =>
      Number(other.stale) - Number(one.stale) ||
      (one.lastRun?.at ?? '').localeCompare(other.lastRun?.at ?? '') ||
      one.title.localeCompare(other.title),
  )
}

const unreadable = 'Its text cannot be read any more.'

async function contentOf(
  services: Parts,
  { runbookId, version, source }: LiveRunbook,
  model: Model,
): Promise<Pick<RunbookState, 'gone' | 'unbounded' | 'tests' | 'testProblem'>> {
  const { document } = parseRunbook(source)
  if (!document) return { gone: [], unbounded: false, tests: { total: 0, failing: [] }, testProblem: unreadable }
  const gone = goneReferences(document, model, services.catalogue)
  return {
    gone,
    unbounded: isUnbounded(document),
    ...(await testsOf(services, { key: `${runbookId}/${version}`, source })),
  }
}

/** A diagnosis has 60 s; what concludes takes some of them. */
const latestConclusionSeconds = 55

function isUnbounded({ diagnoses, nodes }: RunbookDocument): boolean {
  return (
    diagnoses !== undefined &&
    Object.values(nodes).some(
      ({ type, startBy }) =>
        type.startsWith('judge.conclude') &&
        (startBy === undefined || (durationSeconds(startBy) ?? Infinity) > latestConclusionSeconds),
    )
  )
}

type Tested = Pick<RunbookState, 'tests' | 'testProblem'>

/** Versions do not change, nor do their tests while this process lives. */
const tested = new Map<string, Tested>()
const mostTested = 2_000

async function testsOf(services: Parts, { key, source }: { key: string; source: string }): Promise<Tested> {
  const known = tested.get(key)
  if (known) return known
  const result = await runTests(services, source)
  if (tested.size >= mostTested) tested.clear()
  tested.set(key, result)
  return result
}

async function runTests(services: Parts, source: string): Promise<Tested> {
  try {
    const results = await runSourceTests(services, source)
    const failing = results.filter(({ passed }) => !passed).map(({ title, name }) => title || name)
    return { tests: { total: results.length, failing }, testProblem: null }
  } catch (error) {
    // A node type that has gone, or tests that take too long: the runbook is what is wrong, not the page.
    return { tests: { total: 0, failing: [] }, testProblem: problemOf(error).message }
  }
}
