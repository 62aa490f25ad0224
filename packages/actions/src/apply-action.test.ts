import { describe, expect, it } from 'vitest'
import { EdgeWorld, testScope } from '../test/edge-world.ts'
import { applyAction, type ApplyInput } from './apply-action.ts'
import { planAction } from './plan-action.ts'
import type { ActionRequest } from './request.ts'
import { resolveAbandoned, resolveIntended } from './settle.ts'

const request: ActionRequest = {
  kind: 'traffic-switch',
  entity: 'payment',
  fromZone: 'A',
  toZone: 'B',
  leaseSeconds: 1800,
}

async function approved(world: EdgeWorld, key = 'run-1/switch'): Promise<ApplyInput> {
  const { hash } = await planAction(request, world.deps, { ...testScope, key })
  return { ...testScope, key, request, approvedHash: hash, approvedBy: 'user:ann' }
}

/** The process dies in the middle of the next change. */
class Killed extends Error {}

describe('applyAction', () => {
  it('applies, reads back and verifies that the requests moved', async () => {
    const world = new EdgeWorld()
    const action = await applyAction(await approved(world), world.deps)
    expect(action.status).toBe('done')
    expect(action.verification?.map((row) => [row.label, row.after, row.pass])).toEqual([
      ['weights of 3 servers', '0', true],
      ['requests to the drained servers', '0.0/s', true],
      ['requests to the others', '12.0/s', true],
    ])
    expect(world.leases).toEqual([{ actionId: action.id, seconds: 1800 }])
    expect(action.leaseUntil).toBeGreaterThan(world.now)
    const events = await world.ledger.events(action.id)
    expect(events.map((event) => event.kind)).toEqual(['plan', 'approval', 'intent', 'apply', 'lease', 'verify'])
    expect(events[1]).toMatchObject({ actor: 'user:ann' })
  })

  it('applies once per key', async () => {
    const world = new EdgeWorld()
    const input = await approved(world)
    const first = await applyAction(input, world.deps)
    const second = await applyAction(input, world.deps)
    expect(second).toEqual(first)
    expect(world.applied).toHaveLength(1)
  })

  it('refuses when the target changed since the approval', async () => {
    const world = new EdgeWorld()
    const input = await approved(world)
    world.servers[4]!.weight = 10
    const action = await applyAction(input, world.deps)
    expect(action.status).toBe('refused')
    expect((await world.ledger.events(action.id)).at(-1)?.detail).toMatchObject({ code: 'plan-changed' })
    expect(world.applied).toEqual([])
  })

  it('refuses when a guard fails by now', async () => {
    const world = new EdgeWorld()
    const input = await approved(world)
    world.requestsPerSecond = 60
    const action = await applyAction(input, world.deps)
    expect((await world.ledger.events(action.id)).at(-1)?.detail).toMatchObject({
      code: 'guard-failed',
      message: expect.stringMatching(/Load of the rest/),
    })
    expect(world.applied).toEqual([])
  })

  it('refuses a second action on a target in effect, and puts the refusal on record', async () => {
    const world = new EdgeWorld()
    await applyAction(await approved(world), world.deps)
    const second = await applyAction(await approved(world, 'run-2/switch'), world.deps)
    expect(second.status).toBe('refused')
    expect(world.applied).toHaveLength(1)
  })

  it('changes nothing once writes are stopped, even between the guard and the call', async () => {
    const world = new EdgeWorld()
    const input = await approved(world)
    let asked = 0
    world.deps.writesStopped = async () => (++asked > 1 ? { by: 'ann', at: world.now, reason: 'freeze' } : null)
    const action = await applyAction(input, world.deps)
    expect(action.status).toBe('refused')
    expect((await world.ledger.events(action.id)).at(-1)?.detail).toMatchObject({ code: 'writes-stopped' })
    expect(world.applied).toEqual([])
  })

  it('takes a lost answer for done when the target shows it', async () => {
    const world = new EdgeWorld()
    const input = await approved(world)
    world.onApply = (take) => {
      take()
      throw new Error('connection reset')
    }
    expect((await applyAction(input, world.deps)).status).toBe('done')
    expect(world.applied).toHaveLength(1)
  })

  it('takes a refused call for not done', async () => {
    const world = new EdgeWorld()
    const input = await approved(world)
    world.onApply = () => {
      throw new Error('permission denied')
    }
    expect((await applyAction(input, world.deps)).status).toBe('not-done')
  })

  it('says unknown and calls a person when the target cannot be read back', async () => {
    const world = new EdgeWorld()
    const input = await approved(world)
    world.onApply = (take) => {
      take()
      world.unreachable = true
    }
    const action = await applyAction(input, world.deps)
    expect(action.status).toBe('unknown')
    expect(world.unknown).toHaveLength(1)
  })
})

describe('after a crash', () => {
  /** Kills the process at a ledger call or a change, then starts again with the same key. */
  it.each([
    'claim',
    'approved',
    'intended',
    'lease',
    'before the change',
    'after the change',
    'half of the change',
    'done',
    'verify',
  ])('at %s, the same key ends done and applied to the full', async (moment) => {
    const world = new EdgeWorld()
    const input = await approved(world)
    const advance = world.ledger.advance.bind(world.ledger)
    const die = (): never => {
      throw new Killed(moment)
    }
    let alive = true
    const dieOnce = (): void => {
      if (alive) {
        alive = false
        die()
      }
    }
    const claim = world.ledger.claim.bind(world.ledger)
    const record = world.ledger.record.bind(world.ledger)
    world.ledger.claim = async (...call) => {
      const result = await claim(...call)
      if (moment === 'claim') dieOnce()
      return result
    }
    world.ledger.advance = async (id, change) => {
      const result = await advance(id, change)
      if (change.to === moment) dieOnce()
      return result
    }
    world.ledger.record = async (...call) => {
      // A process that died in a call records nothing of it.
      if (!alive && moment.endsWith('change') && world.ledger.log.at(-1)?.kind === 'intent' && died === 0) die()
      if (moment === 'verify' && call[1].kind === 'verify') dieOnce()
      return record(...call)
    }
    const startLease = world.deps.startLease.bind(world.deps)
    world.deps.startLease = async (...call) => {
      if (moment === 'lease') dieOnce()
      return startLease(...call)
    }
    let died = 0
    if (moment.endsWith('change'))
      world.onApply = (take) => {
        if (moment === 'after the change') take()
        if (moment === 'half of the change') world.servers[0]!.weight = 0
        alive = false
        die()
      }
    await expect(applyAction(input, world.deps)).rejects.toBeInstanceOf(Killed)
    died = 1
    const action = await applyAction(input, world.deps)
    expect(action.status).toBe('done')
    expect(action.verification).not.toBeNull()
    expect(['pay-a-1', 'pay-a-2', 'pay-a-3'].map((name) => world.weight(name))).toEqual([0, 0, 0])
    expect(world.applied).toHaveLength(1)
    expect(world.ledger.actions.size).toBe(1)
  })

  it('reads back only when no call can land any more', async () => {
    const world = new EdgeWorld()
    const input = await approved(world)
    world.deps.startLease = () => Promise.reject(new Killed('lease'))
    await expect(applyAction(input, world.deps)).rejects.toBeInstanceOf(Killed)
    const intended = world.now
    const [row] = [...world.ledger.actions.values()]
    expect((await resolveIntended(row!.id, world.deps)).status).toBe('not-done')
    expect(world.now - intended).toBeGreaterThanOrEqual(world.inFlightSeconds * 1000)
  })

  it('is not applied any more once its lease is over', async () => {
    const world = new EdgeWorld()
    const input = await approved(world)
    world.deps.startLease = () => Promise.reject(new Killed('lease'))
    await expect(applyAction(input, world.deps)).rejects.toBeInstanceOf(Killed)
    world.deps.startLease = async () => undefined
    world.now += 1_800_000
    expect((await applyAction(input, world.deps)).status).toBe('not-done')
    expect(world.applied).toEqual([])
  })

  it('ends when two that are both alive take it over, and is applied once', async () => {
    const world = new EdgeWorld()
    const input = await approved(world)
    world.deps.startLease = () => Promise.reject(new Killed('lease'))
    await expect(applyAction(input, world.deps)).rejects.toBeInstanceOf(Killed)
    world.deps.startLease = async () => undefined
    // Each waits on one clock in common, woken in the order of time.
    const asleep: { at: number; wake: () => void }[] = []
    world.deps.clock.sleep = (milliseconds) =>
      new Promise((wake) => {
        asleep.push({ at: world.now + milliseconds, wake })
      })
    const turns = { left: 40 }
    const triggered = async (delay: number) => {
      await world.deps.clock.sleep(delay)
      for (;;) {
        try {
          return await applyAction(input, world.deps)
        } catch {
          if ((turns.left -= 1) < 0) throw new Error('They take it from each other for ever.')
          await world.deps.clock.sleep(300)
        }
      }
    }
    let running = true
    const both = Promise.all([triggered(0), triggered(1500)]).finally(() => (running = false))
    both.catch(() => undefined)
    while (running) {
      await new Promise((resolve) => setImmediate(resolve))
      const next = asleep.toSorted((a, b) => a.at - b.at)[0]
      if (!next) continue
      asleep.splice(asleep.indexOf(next), 1)
      world.now = Math.max(world.now, next.at)
      next.wake()
    }
    expect((await both).map((action) => action.status)).toEqual(['done', 'done'])
    expect(world.applied).toHaveLength(1)
  })

  it('that another took over during a call is not ended by who made the call', async () => {
    const world = new EdgeWorld()
    const input = await approved(world)
    world.onApply = () => {
      const [row] = [...world.ledger.actions.values()]
      row!.fence += 1
      throw new Error('This process was held up too long.')
    }
    await expect(applyAction(input, world.deps)).rejects.toMatchObject({ code: 'stale' })
    // It is on record that it was tried; what became of it the other says.
    const [row] = [...world.ledger.actions.values()]
    expect(row).toMatchObject({ status: 'intended' })
    expect((await world.ledger.events(row!.id)).at(-1)).toMatchObject({ kind: 'apply', detail: { answered: false } })
    expect((await applyAction(input, world.deps)).status).toBe('done')
    expect(world.applied).toHaveLength(1)
  })

  it('that was settled before its call is not applied', async () => {
    const world = new EdgeWorld()
    const input = await approved(world)
    const startLease = world.deps.startLease
    world.deps.startLease = async (...call) => {
      await startLease(...call)
      const [row] = [...world.ledger.actions.values()]
      row!.status = 'not-done'
    }
    await expect(applyAction(input, world.deps)).rejects.toMatchObject({ code: 'stale' })
    expect(world.applied).toEqual([])
  })

  it('that never began is refused, once', async () => {
    const world = new EdgeWorld()
    const input = await approved(world)
    const claim = world.ledger.claim.bind(world.ledger)
    world.ledger.claim = async (...call) => {
      await claim(...call)
      throw new Killed('claim')
    }
    await expect(applyAction(input, world.deps)).rejects.toBeInstanceOf(Killed)
    const [left] = await world.ledger.list({ state: 'open' })
    expect(await resolveAbandoned(left!, world.deps)).toMatchObject({ status: 'refused' })
    expect(world.applied).toEqual([])
    // Another worker swept at the same time.
    await expect(resolveAbandoned(left!, world.deps)).rejects.toMatchObject({ code: 'ledger-conflict' })
  })
})
