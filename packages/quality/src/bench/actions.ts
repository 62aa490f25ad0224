/** Whether actions are done once, put back, and told of, whatever dies meanwhile. See docs/safety-campaign.md. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ports, postgresPart, postgresUrl, Supervisor } from '@tenon/stack'
import pg from 'pg'
import { runCampaign, type CampaignResult } from './actions/campaign.ts'
import { checkCampaign, type Breach, type CampaignRecord, type Invariant } from './actions/checker.ts'
import { caught, mutants } from './actions/mutants.ts'
import { runRaces, type Races } from './actions/races.ts'
import type { Bench } from './bench.ts'
import { rounded } from './percentile.ts'

export const actionsBench: Bench = {
  name: 'actions',
  figures: [
    'actions',
    'faults',
    'doubled',
    'lost',
    'unknown_share',
    'unknown_unsurfaced',
    'mutants_planted',
    'mutants_caught',
    'lease_on_time',
    'lease_cases',
    'kill_switch_ms',
    'floor_violations',
    'revert_after_harm_s',
    'breaker_s',
  ],
  async run({ say, actions = 10_000, faults = 1_000, seed = 1 }) {
    const folder = mkdtempSync(join(tmpdir(), 'tenon-bench-'))
    const supervisor = new Supervisor({ logDirectory: join(folder, 'logs') })
    try {
      const { port } = await new Ports().choose(0)
      await supervisor.start(await postgresPart({ directory: join(folder, 'postgres'), port }))
      const admin = new pg.Client({ connectionString: postgresUrl({ port }, 'postgres') })
      await admin.connect()
      await admin.query('CREATE DATABASE campaign')
      await admin.end()
      const databaseUrl = postgresUrl({ port }, 'campaign')
      // The server and all that it started at once: as `pg_ctl restart -m immediate`, without a checkpoint.
      const killPostgres = () => supervisor.kill('postgres')
      const result = await runCampaign({ actions, faults, seed, databaseUrl, killPostgres, say })
      const campaign = judged(result, seed)
      const races = raced(await runRaces({ databaseUrl, seed, say }))
      return {
        figures: { ...campaign.figures, ...races.figures },
        notes: [...campaign.notes, ...races.notes],
      }
    } finally {
      await supervisor.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  },
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
      unknown_share: rounded(unknown.size / record.actions.length, 5),
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

function ends({ actions }: CampaignRecord): string {
  return [...Map.groupBy(actions, ({ status }) => status)]
    .map(([status, some]) => `${status} ${some.length}`)
    .join(', ')
}

const said = ({ invariant, subject, detail }: Breach): string => `${invariant}: ${subject}: ${detail}`
