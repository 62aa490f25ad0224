/** What the whole product says it did, and what the targets say: read at the end of a campaign through the full stack, and judged. */
import { findTool, temporalTool } from '@tenon/stack'
import * as z from 'zod'
import { runProgram } from '../../run-program.ts'
import { untilAnswered } from '../stack-calls.ts'
import type { StackWorld } from '../stack-world.ts'
import { checkCampaign, type CampaignRecord, type Invariant, type TruthCall } from './checker.ts'

/** What one caller wanted once, however often it was sent. */
export interface Trigger {
  id: string
  /** All runs that its callers were told of: one, if all is well. */
  runIds: string[]
  end: 'not accepted' | 'over' | 'never ended'
}

export interface FullStackFigures {
  actions: number
  faults: number
  /** Changes made twice, and triggers with more than one run or action. */
  doubled: number
  /** Triggers, outcomes and leases that the ledger, the runs and the targets do not agree on. */
  lost: number
  /** Actions that were unknown at some time. */
  unknown: number
  /** Of these, how many nobody was told of. */
  untold: number
  /** All promises that were broken, those above included. */
  breaches: number
  notes: string[]
}

export interface FullStackRecord {
  campaign: CampaignRecord
  /** Ids of all runs that there are. */
  runs: readonly string[]
  /** Runs whose step says that it is done. */
  saidDone: ReadonlySet<string>
}

const everything = 1_000_000
const leaseList = z.array(z.object({ execution: z.object({ workflowId: z.string() }), startTime: z.string() }))

/** Reads ledger, runs, inbox, and Temporal's list of leases, as soon as they can be read. */
export async function readRecord(
  world: StackWorld,
  of: {
    triggers: readonly Trigger[]
    truth: readonly TruthCall[]
    runbookNames: readonly string[]
    minimumServing: number
  },
): Promise<FullStackRecord> {
  const { db } = world
  const actions = await must('the ledger', () => db.actions.list({ state: 'all', limit: everything }))
  const events = await must('its events', async () => {
    const all = []
    for (const { id } of actions) all.push(...(await db.actions.events(id)))
    return all
  })
  const inbox = await must('the inbox', () => db.inbox.list(everything))
  const runs = await must('the runs', async () =>
    (await Promise.all(of.runbookNames.map((name) => runsOf(world, name)))).flat(),
  )
  const saidDone = await must('the steps', async () => {
    const done = new Set<string>()
    for (const runId of runs)
      if ((await db.runs.steps(runId)).some(({ outcome }) => outcome === 'done')) done.add(runId)
    return done
  })
  const acted = new Set(actions.map(({ key }) => key))
  const keys = of.triggers.flatMap(({ runIds }) => runIds.map((runId) => `${runId}/act`))
  return {
    runs,
    saidDone,
    campaign: {
      actions,
      events,
      truth: of.truth,
      // A run whose step ended in an error before anything was planned says so itself; one that says it is done has an action.
      triggers: keys.filter((key) => acted.has(key) || saidDone.has(key.slice(0, key.indexOf('/')))),
      pages: inbox.flatMap(({ link }) => (link?.startsWith('/actions/') ? [link.slice('/actions/'.length)] : [])),
      leases: await must('the leases', () => leasesOf(world)),
      needApproval: new Set(),
      stuck: new Map(
        of.triggers
          .filter(({ end }) => end === 'never ended')
          .map(({ id, runIds }) => [id, `run ${runIds.join(', ')}`]),
      ),
      minimumServing: of.minimumServing,
    },
  }
}

/** Compares what was read, and looks at the targets once more. @param of.gateways their addresses. */
export async function sumUpRecord(
  { campaign, runs, saidDone }: FullStackRecord,
  of: {
    triggers: readonly Trigger[]
    faults: ReadonlyMap<string, number>
    seconds: number
    gateways: readonly string[]
  },
): Promise<FullStackFigures> {
  const { actions, events, truth } = campaign
  const breaches = checkCampaign(campaign)
  const count = (...kinds: Invariant[]): number => breaches.filter(({ invariant }) => kinds.includes(invariant)).length
  const answered = of.triggers.flatMap(({ runIds }) => runIds)
  const existing = new Set(runs)
  const odd = {
    'runs that nobody was told of, or the second of their trigger':
      of.triggers.reduce((sum, { runIds }) => sum + Math.max(0, runIds.length - 1), 0) +
      Math.max(0, runs.length - of.triggers.length),
    'actions beyond one of their run': actions.length - new Set(actions.map(({ runId }) => runId)).size,
  }
  const missing = {
    'accepted runs that are not there': answered.filter((runId) => !existing.has(runId)).length,
    'steps that say done without a ledger that does': [...saidDone].filter((runId) => {
      const action = actions.find((one) => one.runId === runId)
      return !action || !events.some(({ actionId, kind }) => actionId === action.id && kind === 'lease')
    }).length,
    'targets that are not as they were found': await changedTargets(of.gateways),
  }
  const unknown = new Set(events.filter(({ kind }) => kind === 'unknown').map(({ actionId }) => actionId))
  const sumOf = (counts: Record<string, number>): number => Object.values(counts).reduce((sum, value) => sum + value, 0)
  const told = (counts: Record<string, number>): string[] =>
    Object.entries(counts).flatMap(([what, times]) => (times === 0 ? [] : [`${what}: ${times}.`]))
  const ends = [...Map.groupBy(actions, ({ status }) => status)].map(([status, some]) => `${status} ${some.length}`)
  return {
    actions: actions.length,
    faults: [...of.faults.values()].reduce((sum, value) => sum + value, 0),
    doubled: count('once') + sumOf(odd),
    lost: count('trigger-kept', 'done-is-true', 'ends', 'back-is-true') + sumOf(missing),
    unknown: unknown.size,
    untold: count('unknown-told'),
    breaches: breaches.length + sumOf(odd) + sumOf(missing),
    notes: [
      `${of.seconds.toFixed(0)} s. Faults: ${[...of.faults].map(([kind, times]) => `${kind} ${times}`).join(', ')}.`,
      `Triggers: ${of.triggers.length}, of which ${of.triggers.filter(({ end }) => end === 'not accepted').length} were not accepted by anybody; runs: ${runs.length}; runs without an action, because their step failed before: ${runs.length - new Set(actions.map(({ runId }) => runId)).size}.`,
      `How the actions ended: ${ends.join(', ')}. Changes of targets: ${truth.filter(({ changed }) => changed).length}.`,
      ...told(odd),
      ...told(missing),
      ...breaches.slice(0, 20).map(({ invariant, subject, detail }) => `${invariant}: ${subject}: ${detail}`),
    ],
  }
}

async function runsOf({ db }: StackWorld, name: string): Promise<string[]> {
  const ids: string[] = []
  let before: string | undefined
  for (;;) {
    const runs = await db.runs.list({ name, limit: 200, ...(before === undefined ? {} : { before }) })
    ids.push(...runs.map(({ id }) => id))
    const last = runs.at(-1)
    if (runs.length < 200 || !last) return ids
    before = `${last.startedAt}_${last.id}`
  }
}

/** When each lease's first workflow began, by Temporal's own record. */
async function leasesOf({ stack }: StackWorld): Promise<Map<string, number>> {
  const { path } = await findTool(temporalTool, { say: () => undefined })
  const query = ['workflow', 'list', '--address', stack.temporalAddress, '--query', 'WorkflowType="leaseAction"']
  const { code, output } = await runProgram(path, [...query, '--limit', String(everything), '--output', 'json'], {
    timeoutMs: 60_000,
  })
  if (code !== 0) throw new Error('Temporal does not list its leases.')
  const leases = new Map<string, number>()
  for (const { execution, startTime } of leaseList.parse(JSON.parse(output))) {
    const id = execution.workflowId.replace(/^lease-/, '')
    const at = Date.parse(startTime)
    leases.set(id, Math.min(at, leases.get(id) ?? at))
  }
  return leases
}

const backends = z.object({
  backends: z.array(
    z.object({ servers: z.array(z.object({ weight: z.number() })), limits: z.array(z.unknown()).default([]) }),
  ),
})

/** How many targets are not as the campaign found them: all weights 100, no limits. */
async function changedTargets(gateways: readonly string[]): Promise<number> {
  const answers = await Promise.all(
    gateways.map(async (url) => backends.parse(await (await fetch(`${url}/backends`)).json())),
  )
  return answers
    .flatMap((answer) => answer.backends)
    .filter(({ servers, limits }) => limits.length > 0 || servers.some(({ weight }) => weight !== 100)).length
}

/** The last kill may have been a moment ago. */
async function must<T extends object>(what: string, read: () => Promise<T>): Promise<T> {
  const found = await untilAnswered(read)
  if (found === null) throw new Error(`What was done cannot be judged: ${what} could not be read.`)
  return found
}
