/** Whether anything is lost or done twice when parts are killed in the middle of it, and how long until runs go on. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from './bench.ts'
import { percentile, rounded } from './percentile.ts'
import { hookFiveTimes, switchOnce, type SwitchResult } from './resume-load.ts'
import { lanes, openResumeWorld, publishRunbooks, type ResumeWorld } from './resume-world.ts'
import { accepted, ended } from './stack-calls.ts'

const victims = ['worker', 'web', 'temporal'] as const

export const resumeBench: Bench = {
  name: 'resume',
  figures: [
    'kills',
    'runs',
    'runs_lost',
    'writes_doubled',
    'writes_lost',
    'writes_unknown',
    'resume_p99_s',
    'triggers_accepted',
    'triggers_lost',
    'duplicate_webhook_runs',
  ],
  async run({ full, say }) {
    const wanted = full ? { kills: 100, triggers: 5_000, hooks: 1_000 } : { kills: 20, triggers: 400, hooks: 60 }
    const world = await openResumeWorld(say)
    try {
      await publishRunbooks(world)
      const killing = killAll(world, wanted.kills, say)
      const [kills, switches, runIds, hooks] = await Promise.all([
        killing.done,
        Promise.all(lanes.map((entity) => keepSwitching(world, entity, killing.going))),
        triggerAll(world, wanted.triggers, killing.going),
        hookAll(world, wanted.hooks),
      ])
      say('All parts are left alone; waiting for what goes on')
      const writes = switches.flat()
      const ids = [...runIds, ...writes.map(({ runId }) => runId)]
      const ends = await inGroups(ids, 50, (id) => ended(world, id))
      const spans = await spansOf(world, runIds)
      return {
        figures: {
          kills: kills.length,
          runs: ids.length,
          runs_lost: ends.filter((end) => !end).length,
          writes_doubled: sum(writes, ({ doubled }) => doubled),
          writes_lost: sum(writes, ({ lost }) => lost),
          writes_unknown: writes.filter(({ unknown }) => unknown).length,
          resume_p99_s: rounded(percentile(resumeSeconds(kills, spans), 0.99), 1),
          triggers_accepted: runIds.length,
          triggers_lost: runIds.length - spans.length,
          duplicate_webhook_runs: (await hookRuns(world)) - hooks,
        },
        notes: [
          `kill -9 of ${victims.join(', ')} by chance, 5 to 9 s apart; ${writes.length} switches on ${lanes.length} targets, each with a lease that puts it back.`,
          'resume_p99_s: from a kill to the end of each run that was going on, the 2 s that a run waits included.',
          `duplicate_webhook_runs: runs less the ${hooks} events that were sent, each five times; less than 0 is a lost one.`,
        ],
      }
    } finally {
      await world.close()
    }
  },
}

interface Kill {
  at: number
  part: string
}

function killAll(world: ResumeWorld, count: number, say: (line: string) => void) {
  let left = count
  const done = (async (): Promise<Kill[]> => {
    const kills: Kill[] = []
    while (left > 0) {
      await sleep(5_000 + Math.random() * 4_000)
      const part = victims[Math.floor(Math.random() * victims.length)] ?? 'worker'
      try {
        await world.stack.kill(part)
        kills.push({ at: Date.now(), part })
        left -= 1
        say(`${kills.length} of ${count}: ${part} killed`)
      } catch {
        // It is on its way up after the kill before: another one, or later.
        await sleep(500)
      }
    }
    return kills
  })()
  return { done, going: () => left > 0 }
}

async function keepSwitching(world: ResumeWorld, entity: string, going: () => boolean): Promise<SwitchResult[]> {
  const results: SwitchResult[] = []
  while (going()) {
    const result = await switchOnce(world, entity)
    if (result) results.push(result)
  }
  return results
}

/** Spreads them over the time of the kills; all of them are sent, whatever that takes. */
async function triggerAll(world: ResumeWorld, count: number, going: () => boolean): Promise<string[]> {
  const ids: Promise<string | null>[] = []
  while (ids.length < count) {
    ids.push(accepted(world, { runbook: 'resume-wait', params: {}, key: randomUUID() }))
    await sleep(going() ? 300 : 50)
  }
  return (await Promise.all(ids)).filter((id) => id !== null)
}

async function hookAll(world: ResumeWorld, count: number): Promise<number> {
  const sent = await inGroups(Array.from({ length: count }), 4, () => hookFiveTimes(world, randomUUID()))
  return sent.filter(Boolean).length
}

interface Span {
  startedAt: number
  endedAt: number
}

/** Of the runs that ended. */
async function spansOf(world: ResumeWorld, ids: string[]): Promise<Span[]> {
  const runs = await inGroups(ids, 50, (id) => world.db.runs.summary(id))
  return runs.flatMap((run) =>
    run && run.endedAt !== null && run.status === 'succeeded'
      ? [{ startedAt: Date.parse(run.startedAt), endedAt: Date.parse(run.endedAt) }]
      : [],
  )
}

function resumeSeconds(kills: Kill[], spans: Span[]): number[] {
  return kills.flatMap(({ at }) =>
    spans
      .filter(({ startedAt, endedAt }) => startedAt <= at && at < endedAt)
      .map(({ endedAt }) => (endedAt - at) / 1000),
  )
}

async function hookRuns(world: ResumeWorld): Promise<number> {
  let count = 0
  let before: string | undefined
  for (;;) {
    const runs = await world.db.runs.list({
      name: 'resume-wait',
      trigger: 'webhook',
      limit: 200,
      ...(before === undefined ? {} : { before }),
    })
    count += runs.length
    const last = runs.at(-1)
    if (runs.length < 200 || !last) return count
    before = `${last.startedAt}_${last.id}`
  }
}

async function inGroups<T, R>(items: readonly T[], size: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let from = 0; from < items.length; from += size)
    results.push(...(await Promise.all(items.slice(from, from + size).map(work))))
  return results
}

const sum = <T>(items: T[], of: (item: T) => number): number => items.reduce((total, item) => total + of(item), 0)
