/**
 * The campaign through the whole product: runs that callers and webhooks start, while web, worker, Temporal and PostgreSQL are killed and the targets
 * fail; see docs/safety-campaign.md.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { accepted, ended, sentToHook, untilAnswered } from '../stack-calls.ts'
import { openStackWorld, type StackWorld } from '../stack-world.ts'
import { createChance, type Chance } from './chance.ts'
import { readRecord, sumUpRecord, type FullStackFigures, type Trigger } from './full-stack-record.ts'
import { laneConnections, writeLaneModel } from './lane-model.ts'
import { laneName, startTargets } from './targets.ts'

const lanes = 24
const leaseSeconds = 10
const minimumServing = 2
const victims = ['worker', 'web', 'temporal', 'postgres'] as const
/** A kill each 8 to 14 s: a worker needs some seconds to be back, and its steps 5 s more to be missed. On a slow machine it waits for an action to end. */
const quietMs = 8000
const quietMoreMs = 6000
const quietMostMs = 60_000
const hookConnection = 'bench-hook'

const runbooks = {
  'stack-switch': 'type: act.traffic-switch, with: { entity: "${params.entity}", fromZone: A, toZone: B,',
  'stack-limit': 'type: act.rate-limit, with: { entity: "${params.entity}", route: /pay, requestsPerSecond: 40,',
} as const
const runbookNames = ['stack-switch', 'stack-limit'] as const
type RunbookName = keyof typeof runbooks

/** A step that is tried for longer than its targets are away. */
const source = (name: RunbookName): string => `tenon: 1
name: ${name}
title: Act and put back
params:
  entity: { type: string }
triggers:
  hook: { kind: webhook, format: generic, secret: ${hookConnection}, params: { entity: "\${event.entity}" } }
nodes:
  act: { ${runbooks[name]} lease: ${leaseSeconds}s }, retry: { attempts: 6, backoff: 1s } }
onFailure: keep
`

/**
 * Runs at least so many actions under at least so many faults, then leaves all in peace, waits for what is under way, and compares ledger, runs and
 * Temporal's own list of leases with what reached the targets.
 */
export async function runFullStack(of: {
  actions: number
  faults: number
  seed: number
  say: (line: string) => void
}): Promise<FullStackFigures> {
  const model = writeLaneModel(lanes)
  const targets = await startTargets(lanes, createChance(of.seed + 1))
  const gateways = laneConnections(lanes, targets.address)
  const secret = randomBytes(24).toString('hex')
  try {
    const world = await openStackWorld({
      model: model.folder,
      connections: [...gateways, { name: hookConnection, kind: 'hook', url: '', secret }],
      say: of.say,
    })
    try {
      for (const name of runbookNames) await world.publish(name, source(name))
      const began = performance.now()
      const faults = new Map<string, number>()
      const fault = (kind: string): void => void faults.set(kind, (faults.get(kind) ?? 0) + 1)
      const triggers: Trigger[] = []
      const going = (): boolean => triggers.length < of.actions || total(faults, targets.injected) < of.faults
      const over = (): number => triggers.filter(({ end }) => end === 'over').length
      const killing = killParts(world, { chance: createChance(of.seed + 2), going, over, fault, say: of.say })
      await Promise.all(
        Array.from({ length: lanes }, async (_, lane) => {
          const chance = createChance(of.seed + 100 + lane)
          while (going()) await actOnce(world, { entity: laneName(lane), secret, chance, triggers, fault })
        }),
      )
      targets.calm()
      await killing
      of.say('All is left in peace; waiting for what is under way')
      // A caller's patience may have ended under the kills; what counts is that it ends.
      await Promise.all(triggers.map((trigger) => awaitEnd(world, trigger)))
      for (const [kind, count] of targets.injected) faults.set(`target: ${kind}`, count)
      const seconds = (performance.now() - began) / 1000
      const found = await readRecord(world, { triggers, truth: targets.truth, runbookNames, minimumServing })
      return sumUpRecord(found, { triggers, faults, seconds, gateways: gateways.map(({ url }) => url) })
    } finally {
      await world.close()
    }
  } finally {
    await targets.close()
    model.remove()
  }
}

/** Kills parts one after the other; the supervisor starts each again. */
async function killParts(
  { stack }: StackWorld,
  of: {
    chance: Chance
    going: () => boolean
    over: () => number
    fault: (kind: string) => void
    say: (line: string) => void
  },
): Promise<void> {
  let kills = 0
  while (of.going()) {
    const before = of.over()
    await sleep(quietMs + of.chance.below(quietMoreMs))
    await untilAnswered(async () => of.over() > before || !of.going() || null, quietMostMs)
    const part = victims[of.chance.below(victims.length)] ?? 'worker'
    try {
      await stack.kill(part)
    } catch {
      // It is on its way up after the kill before.
      continue
    }
    kills += 1
    of.fault(`${part} killed`)
    if (kills % 5 === 0) of.say(`${kills} kills, ${of.over()} actions are over`)
  }
}

/** One trigger, by the API or by a webhook, sometimes twice at once; resolves when its action is over, so that the lane is free again. */
async function actOnce(
  world: StackWorld,
  of: { entity: string; secret: string; chance: Chance; triggers: Trigger[]; fault: (kind: string) => void },
): Promise<void> {
  const { entity, chance } = of
  const runbook = chance.next() < 0.6 ? 'stack-switch' : 'stack-limit'
  const byHook = chance.next() < 0.3
  const twice = chance.next() < 0.1
  if (twice) of.fault('duplicate trigger')
  const id = randomUUID()
  const send = () =>
    byHook
      ? sentToHook(world, { hook: `${runbook}/hook`, secret: of.secret, event: { id, entity } })
      : accepted(world, { runbook, params: { entity }, key: id })
  const trigger: Trigger = { id, runIds: [], end: 'not accepted' }
  of.triggers.push(trigger)
  const answers = await Promise.all(twice ? [send(), send()] : [send()])
  trigger.runIds = [...new Set(answers.filter((runId) => runId !== null))]
  await awaitEnd(world, trigger)
}

/** Notes in the trigger whether its run and action have ended. */
async function awaitEnd(world: StackWorld, trigger: Trigger): Promise<void> {
  const [runId] = trigger.runIds
  if (runId === undefined || trigger.end === 'over') return
  trigger.end = (await ended(world, runId)) && (await isOver(world, runId)) ? 'over' : 'never ended'
}

/** Waits until nothing of a run is in effect. A person puts back what is unknown, as the notice asks them to. */
async function isOver({ db, client }: StackWorld, runId: string): Promise<boolean> {
  const over = await untilAnswered(async () => {
    const open = await db.actions.list({ state: 'open', runId })
    for (const { id, status } of open)
      if (status === 'unknown') await client.call('POST', `/api/v1/actions/${id}/revert`, {})
    return open.length === 0 || null
  }, 180_000)
  return over ?? false
}

const total = (...counts: ReadonlyMap<string, number>[]): number =>
  counts.flatMap((count) => [...count.values()]).reduce((sum, value) => sum + value, 0)
