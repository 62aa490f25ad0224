/** Whether actions are done once, put back, and told of, whatever dies meanwhile. See docs/safety-campaign.md. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ports, postgresPart, postgresUrl, Supervisor } from '@tenon/stack'
import pg from 'pg'
import { runCampaign, type CampaignResult } from './actions/campaign.ts'
import { checkCampaign, type Breach, type CampaignRecord, type Invariant } from './actions/checker.ts'
import { runFullStack } from './actions/full-stack.ts'
import type { FullStackFigures } from './actions/full-stack-record.ts'
import { measureHarm, sumUp, type HarmCase } from './actions/harm.ts'
import { runLeases, type LeaseFigures } from './actions/leases.ts'
import { caught, mutants } from './actions/mutants.ts'
import { runRaces, type Races } from './actions/races.ts'
import type { Bench, Measured } from './bench.ts'
import { rounded } from './percentile.ts'

/** What one part is told: the campaign's numbers have defaults, the others have theirs. */
interface PartOptions {
  actions: number
  faults: number
  seed: number
  say: (line: string) => void
}

interface Part {
  name: string
  figures: string[]
  /** `unknown` is how many actions were unknown at some time: their share is of the actions of all parts. */
  measure(of: PartOptions): Promise<Pick<Measured, 'figures' | 'notes'>>
}

const leaseCases = 100
/** An action takes the whole product some seconds. */
const mostInStack = { actions: 200, faults: 40 }

const parts: Part[] = [
  {
    name: 'campaign',
    figures: [
      'actions',
      'faults',
      'doubled',
      'lost',
      'unknown_share',
      'unknown_unsurfaced',
      'mutants_planted',
      'mutants_caught',
    ],
    measure: (of) =>
      withPostgres(async ({ databaseUrl, kill }) =>
        // The server and all that it started at once: as `pg_ctl restart -m immediate`, without a checkpoint.
        judged(await runCampaign({ ...of, databaseUrl, killPostgres: kill }), of.seed),
      ),
  },
  {
    name: 'races',
    figures: ['kill_switch_ms', 'floor_violations'],
    measure: (of) => withPostgres(async ({ databaseUrl }) => raced(await runRaces({ ...of, databaseUrl }))),
  },
  {
    name: 'harm',
    figures: ['revert_after_harm_s', 'breaker_s'],
    measure: async (of) => putBack(await measureHarm(of)),
  },
  {
    name: 'leases',
    figures: ['lease_on_time', 'lease_cases'],
    measure: async (of) => leased(await runLeases({ ...of, cases: leaseCases })),
  },
  {
    name: 'full-stack',
    figures: ['actions', 'faults', 'doubled', 'lost', 'unknown_share', 'unknown_unsurfaced'],
    measure: async (of) => {
      const size = {
        actions: Math.min(of.actions, mostInStack.actions),
        faults: Math.min(of.faults, mostInStack.faults),
      }
      return inStack(await runFullStack({ ...of, ...size }))
    },
  },
]

export const actionsBench: Bench = {
  name: 'actions',
  figures: namesOf(parts),
  async run({ say, part, actions = 10_000, faults = 1_000, seed = 1 }) {
    const names = parts.map(({ name }) => name)
    const wanted = part === undefined ? names : part.split(',')
    const unknown = wanted.find((name) => !names.includes(name))
    if (unknown !== undefined) throw new Error(`There is no part "${unknown}": ${names.join(', ')}.`)
    const chosen = parts.filter(({ name }) => wanted.includes(name))
    const figures: Measured['figures'] = {}
    const notes: string[] = []
    for (const { name, measure } of chosen) {
      try {
        const measured = await measure({ actions, faults, seed, say: (line) => say(`${name}: ${line}`) })
        notes.push(...measured.notes)
        // What two parts count is one sum.
        for (const [figure, value] of Object.entries(measured.figures))
          figures[figure] = value === null ? null : (figures[figure] ?? 0) + value
      } catch (error) {
        notes.push(`${name} ended early: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    const { unknown: unknowns, actions: all } = figures
    if (typeof unknowns === 'number' && all) figures['unknown_share'] = rounded(unknowns / all, 5)
    return { figures, notes, asked: namesOf(chosen) }
  },
}

/** What two parts count is one figure. */
function namesOf(some: readonly Part[]): string[] {
  return [...new Set(some.flatMap(({ figures }) => figures))]
}

/** A server with an empty database, for as long as the work takes. */
async function withPostgres<T>(
  work: (of: { databaseUrl: string; kill: () => Promise<void> }) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-bench-'))
  const supervisor = new Supervisor({ logDirectory: join(folder, 'logs') })
  try {
    const { port } = await new Ports().choose(0)
    await supervisor.start(await postgresPart({ directory: join(folder, 'postgres'), port }))
    const admin = new pg.Client({ connectionString: postgresUrl({ port }, 'postgres') })
    await admin.connect()
    await admin.query('CREATE DATABASE campaign')
    await admin.end()
    return await work({ databaseUrl: postgresUrl({ port }, 'campaign'), kill: () => supervisor.kill('postgres') })
  } finally {
    await supervisor.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function judged({ record, faults, handedOver, crashes, seconds }: CampaignResult, seed: number) {
  const breaches = checkCampaign(record)
  const count = (...kinds: Invariant[]): number => breaches.filter(({ invariant }) => kinds.includes(invariant)).length
  const unknown = new Set(record.events.filter(({ kind }) => kind === 'unknown').map(({ actionId }) => actionId))
  return {
    figures: {
      actions: record.actions.length,
      faults: [...faults.values()].reduce((sum, value) => sum + value, 0),
      doubled: count('once'),
      lost: count('trigger-kept', 'done-is-true', 'ends', 'back-is-true'),
      unknown: unknown.size,
      unknown_unsurfaced: count('unknown-told'),
      mutants_planted: mutants.length,
      mutants_caught: caught(record, checkCampaign).length,
    },
    notes: [
      `Seed ${seed}, ${seconds.toFixed(0)} s; jobs that were given to another process: ${handedOver}.`,
      `Faults: ${[...faults].map(([kind, times]) => `${kind} ${times}`).join(', ')}.`,
      ...crashes.slice(0, 5).map((crash) => `A process ended by itself. ${crash}`),
      `How they ended: ${ends(record)}.`,
      `Calls that reached targets: ${record.truth.length}, of which ${record.truth.filter(({ changed }) => changed).length} changed one.`,
      breaches.length === 0 ? 'No promise was broken.' : `Broken promises: ${breaches.length}.`,
      ...breaches.slice(0, 20).map(said),
    ],
  }
}

function raced({ drains, drained, floorViolations, stops, stopMs, changesBefore }: Races) {
  return {
    figures: { floor_violations: floorViolations, kill_switch_ms: stopMs },
    notes: [
      `${drains} racing drains, of which ${drained} took their host out; the others were refused.`,
      `${stops} stops of all writes; ${changesBefore} changes were made in the seconds before them.`,
    ],
  }
}

function putBack(cases: readonly HarmCase[]) {
  const stored = sumUp(cases, { way: 'stored', time: 'ledgerSeconds' })
  const breakers = (
    [
      ['shown', 'from a sample that the store shows at once'],
      ['pushed', 'from a pushed sample'],
      ['test-shown', 'without an action, from a sample that the store shows at once'],
      ['test-pushed', 'without an action, from a pushed sample'],
    ] as const
  ).map(([way, words]) => ({ words, ...sumUp(cases, { way, time: 'targetSeconds' }) }))
  return {
    figures: {
      revert_after_harm_s: rounded(stored.slowest, 2),
      breaker_s: rounded(slowestOf(breakers.map(({ slowest }) => slowest)), 2),
    },
    notes: [
      `revert_after_harm_s, from a sample in the metrics store to read back in the ledger: ${stored.text}.`,
      ...breakers.map(({ words, text }) => `breaker_s, ${words} to the target as it was: ${text}.`),
    ],
  }
}

function leased({ cases, onTime, slowestLateSeconds, notes }: LeaseFigures) {
  return {
    figures: { lease_on_time: onTime, lease_cases: cases },
    notes: [`The slowest lease was put back ${slowestLateSeconds.toFixed(1)} s after its end.`, ...notes],
  }
}

function inStack({ actions, faults, doubled, lost, unknown, untold, breaches, notes }: FullStackFigures) {
  return {
    figures: { actions, faults, doubled, lost, unknown, unknown_unsurfaced: untold },
    notes: [
      `Full stack: ${actions} actions, ${faults} faults, ${unknown} unknown, ${breaches} broken promises.`,
      ...notes.map((note) => `Full stack: ${note}`),
    ],
  }
}

function slowestOf(seconds: readonly (number | null)[]): number | null {
  return seconds.every((one) => one !== null) ? Math.max(...seconds) : null
}

function ends({ actions }: CampaignRecord): string {
  return [...Map.groupBy(actions, ({ status }) => status)]
    .map(([status, some]) => `${status} ${some.length}`)
    .join(', ')
}

const said = ({ invariant, subject, detail }: Breach): string => `${invariant}: ${subject}: ${detail}`
