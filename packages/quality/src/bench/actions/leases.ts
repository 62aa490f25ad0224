/** Whether a lease puts back in time what a worker applied that died in the act: real web, worker, Temporal and PostgreSQL. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ActionEventRecord, LedgerAction } from '@tenon/actions'
import { accepted, ended, untilAnswered } from '../stack-calls.ts'
import { openStackWorld, type StackWorld } from '../stack-world.ts'
import { createChance, type Chance } from './chance.ts'
import type { TruthCall } from './checker.ts'
import { startGate, type Gate, type HeldCall, type Moment } from './gate.ts'
import { laneConnections, writeLaneModel } from './lane-model.ts'
import { laneName, startTargets } from './targets.ts'

export interface LeaseFigures {
  cases: number
  onTime: number
  /** From the end of the lease to the change that put its target back, of the slowest case. */
  slowestLateSeconds: number
  notes: string[]
}

const lanes = 12
/** A lease that is put back later than this after its end is late. */
const graceSeconds = 10
const shortestLease = 10
const longestLease = 20
/** For the calls of a round to come together at the gate. A caller waits 2 s for an answer: it must not do anything more before it dies. */
const gatherMs = 1500
const runbook = 'bench-lease'

const source = `tenon: 1
name: ${runbook}
title: Switch for a moment
params:
  entity: { type: string }
  lease: { type: string }
nodes:
  switch: { type: act.traffic-switch, with: { entity: "\${params.entity}", fromZone: A, toZone: B, lease: "\${params.lease}" } }
onFailure: keep
`

/**
 * Applies actions with leases of 10 to 20 s through runs, a round of twelve targets at a time, and kills the worker (SIGKILL) while their changes are
 * at the target and not answered: a quarter of them before they took effect, the others after. The supervisor starts a worker again, as it does for everybody.
 *
 * A case is a change that took effect, whose worker was dead before it learned of it. (What was killed before it took effect is a case when the next
 * worker carried it out after all, within the same lease.) The lease begins when it does in the ledger, with the durable intent, which is before the
 * timer starts and before the target is touched. A case is on time when the target's own log has the change that put it back no later than 10 s after
 * the end of the lease and not before the end, the ledger says `expired`, and the target is as it was found. What is never put back is late by as long
 * as the bench waited.
 */
export async function runLeases(of: {
  cases: number
  seed?: number
  say: (line: string) => void
}): Promise<LeaseFigures> {
  const chance = createChance((of.seed ?? 1) + 11)
  const model = writeLaneModel(lanes)
  const targets = await startTargets(lanes, chance)
  targets.calm()
  const gate = await startGate(targets.address)
  try {
    const world = await openStackWorld({
      model: model.folder,
      connections: laneConnections(lanes, gate.address),
      say: of.say,
    })
    try {
      await world.publish(runbook, source)
      const cases: Case[] = []
      for (let rounds = 0; cases.length < of.cases && rounds < of.cases; rounds += 1) {
        const killed = await killAtApply(world, gate, chance)
        cases.push(...judge(killed, targets.truth))
        const late = cases.filter((one) => !one.onTime).length
        of.say(`${cases.length} of ${of.cases} leases, ${late} late`)
      }
      return figuresOf(cases.slice(0, of.cases))
    } finally {
      await world.close()
    }
  } finally {
    await Promise.all([gate.close(), targets.close()])
    model.remove()
  }
}

interface Killed extends HeldCall {
  action: LedgerAction | null
  events: ActionEventRecord[]
  killedAt: number
}

/** One round: all lanes act, the worker is killed, and all is awaited. @returns the calls that were held when it died. */
async function killAtApply(world: StackWorld, gate: Gate, chance: Chance): Promise<Killed[]> {
  const moments = new Map<string, Moment>(
    Array.from({ length: lanes }, (_, lane) => [laneName(lane), chance.next() < 0.25 ? 'before' : 'after']),
  )
  const holding = gate.hold((target) => moments.get(target) ?? 'after')
  const runs = [...moments.keys()].map((entity) => {
    const lease = `${shortestLease + chance.below(longestLease - shortestLease + 1)}s`
    return accepted(world, { runbook, params: { entity, lease }, key: randomUUID() })
  })
  const came = await untilAnswered(async () => holding.held().length > 0 || null)
  if (came === null) throw new Error(`No change came to the targets. ${await whyNot(world, runs)}`)
  const gathered = Date.now() + gatherMs
  while (Date.now() < gathered && holding.held().length < lanes) await sleep(5)
  const held = holding.held()
  const killedAt = Date.now()
  await world.stack.kill('worker')
  holding.end()
  for (const runId of await Promise.all(runs)) {
    if (runId === null) continue
    await ended(world, runId)
    await untilAnswered(async () => {
      const actions = await world.db.actions.list({ state: 'open', runId })
      return actions.length === 0 || null
    })
  }
  return Promise.all(
    held.map(async (call) => ({
      ...call,
      killedAt,
      action: await world.db.actions.get(call.actionId),
      events: await world.db.actions.events(call.actionId),
    })),
  )
}

/** What became of the runs of a round in which nothing came to the targets. */
async function whyNot({ db }: StackWorld, runs: readonly Promise<string | null>[]): Promise<string> {
  const said = (await Promise.all(runs)).map(async (runId) => {
    if (runId === null) return 'not accepted'
    const [action] = await db.actions.list({ state: 'all', runId })
    if (!action) return `run ${runId}: ${(await db.runs.summary(runId))?.status ?? 'unknown'}, no action`
    return `${action.status}: ${JSON.stringify((await db.actions.events(action.id)).at(-1)?.detail)}`
  })
  return [...new Set(await Promise.all(said))].slice(0, 3).join('; ')
}

interface Case {
  moment: string
  /** Below 0: before its end. */
  lateSeconds: number
  onTime: boolean
  /** From the kill until another worker went on with it: how slow this machine is at starting one. */
  resumedSeconds: number
  /** What happened when, in seconds from the end of the lease. */
  story: string
}

function judge(killed: readonly Killed[], truth: readonly TruthCall[]): Case[] {
  return killed.flatMap(({ action, actionId, events, killedAt, moment, target }): Case[] => {
    const changes = truth.filter((call) => call.changed && call.target === target)
    const own = changes.filter(({ key }) => key.startsWith(`${actionId}/`))
    if (!own.some(({ key }) => key.startsWith(`${actionId}/wave-`))) return []
    const back = own.findLast(({ key }) => key === `${actionId}/revert`)
    const until = action?.leaseUntil ?? 0
    const lateSeconds = ((back?.at ?? Date.now()) - until) / 1000
    // Nothing of it may come after it was put back.
    const isBack = back !== undefined && own.at(-1) === back
    const onTime = isBack && action?.status === 'expired' && lateSeconds >= 0 && lateSeconds <= graceSeconds
    const resumedAt = events.find(({ at, kind }) => at > killedAt && kind === 'attempt')?.at ?? killedAt
    const from = (at: number): string => ((at - until) / 1000).toFixed(1)
    const story = [
      ...events.map(({ at, kind }) => ({ at, what: kind })),
      ...own.map(({ at, key }) => ({ at, what: `TARGET ${key.split('/')[1]}` })),
      { at: killedAt, what: `worker killed ${moment} it` },
    ]
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, what }) => `${what} ${from(at)}`)
    const resumedSeconds = (resumedAt - killedAt) / 1000
    return [
      {
        moment,
        lateSeconds,
        onTime,
        resumedSeconds,
        story: [...story, action?.status ?? 'not in the ledger'].join(', '),
      },
    ]
  })
}

function figuresOf(cases: readonly Case[]): LeaseFigures {
  const late = cases.filter(({ onTime }) => !onTime)
  const before = cases.filter(({ moment }) => moment === 'before').length
  return {
    cases: cases.length,
    onTime: cases.length - late.length,
    slowestLateSeconds: Math.max(0, ...cases.map(({ lateSeconds }) => lateSeconds)),
    notes: [
      `Leases of ${shortestLease} to ${longestLease} s; ${before} of ${cases.length} calls were killed before they took effect, and made by the next worker.`,
      `Another worker went on with them at most ${Math.max(0, ...cases.map((one) => one.resumedSeconds)).toFixed(1)} s after the kill.`,
      ...late.slice(0, 10).map(({ story }) => `Late, in seconds from the end of its lease: ${story}.`),
    ],
  }
}
