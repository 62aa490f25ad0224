import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EdgeWorld, testScope } from '../../test/edge-world.ts'
import { applyAction } from '../apply-action.ts'
import { capacityUnder } from '../capacity.ts'
import type { Intent, TargetState } from '../driver.ts'
import { actionPolicy, policyUnderBrokenGlass } from '../policy.ts'
import type { ActionRequest } from '../request.ts'
import { judgeGuards, refusalOf } from './index.ts'
import type { GuardSubject } from './guard.ts'
import { isName } from './selection.ts'

const request: ActionRequest = {
  kind: 'traffic-switch',
  entity: 'payment',
  fromZone: 'A',
  toZone: 'B',
  leaseSeconds: 60,
}
const limit: ActionRequest = { kind: 'rate-limit', entity: 'payment', requestsPerSecond: 10, leaseSeconds: 60 }

function stateOf(servers: { name: string; weight?: number; up?: boolean; rate?: number | null }[]): TargetState {
  return {
    target: 'payment',
    version: 'v',
    instance: null,
    values: {},
    notes: {},
    servers: servers.map(({ name, weight = 100, up = true, rate = 1 }) => ({
      name,
      zone: 'A',
      weight,
      up,
      requestsPerSecond: rate,
      requestsTotal: null,
    })),
  }
}

function subject(fields: Partial<GuardSubject> = {}): GuardSubject {
  const weights = { 'pay-a-1': 0 }
  return {
    moment: 'call',
    scope: { target: 'shop-edge/payment', kind: 'traffic-switch', runbook: 'payment-drop' },
    request,
    key: 'k',
    runId: 'run-1',
    asOf: null,
    approved: true,
    intent: { kind: 'set-weights', target: 'payment', weights },
    state: stateOf([{ name: 'pay-a-1' }, { name: 'pay-a-2' }, { name: 'pay-a-3' }]),
    ...fields,
  }
}

/** Names of the guards that do not pass. */
async function failing(fields: Partial<GuardSubject>, world = new EdgeWorld()): Promise<string[]> {
  return (await judgeGuards(subject(fields), world.deps)).filter(({ pass }) => !pass).map(({ name }) => name)
}

const drain = (names: string[]): Intent => ({
  kind: 'set-weights',
  target: 'payment',
  weights: Object.fromEntries(names.map((name) => [name, 0])),
})
const ten = Array.from({ length: 10 }, (_, n) => ({ name: `s${n}` }))

describe('what it acts upon', () => {
  it('nothing, everything, and what an empty value becomes are names of nothing', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => !isName(`${a}*${b}`)))
    for (const text of ['', '  ', '*', 'null', 'undefined', '[object Object]']) expect(isName(text)).toBe(false)
    for (const text of ['payment', '/pay/v1', 'nullable']) expect(isName(text)).toBe(true)
  })

  it('a selection that resolves to nothing makes no call', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('', '*', 'null', 'undefined', 'Z', 'pay-*'), async (zone) => {
        const world = new EdgeWorld()
        const asked = { ...request, fromZone: zone }
        const action = await applyAction(
          { ...testScope, request: asked, approvedHash: null, approvedBy: null },
          world.deps,
        )
        expect([action.status, world.applied]).toEqual(['refused', []])
      }),
    )
    expect(await failing({ intent: drain([]) })).toContain('It says what it acts upon')
  })
})

describe('blast radius', () => {
  it('4 of 10 with a limit of 30 % is refused as a whole, 3 are not', async () => {
    const world = new EdgeWorld()
    world.policy = actionPolicy.parse({ blastRadius: { servers: 1, share: 0.3 } })
    const state = stateOf(ten)
    expect(await failing({ state, intent: drain(['s0', 's1', 's2', 's3']) }, world)).toEqual(['Blast radius'])
    expect(await failing({ state, intent: drain(['s0', 's1', 's2']) }, world)).toEqual([])
  })

  it('never passes more than the larger of the two, in any group', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 0, max: 100 }),
        async (size, asked, servers, share) => {
          const world = new EdgeWorld()
          world.policy = actionPolicy.parse({ blastRadius: { servers, share: share / 100 } })
          const state = stateOf(Array.from({ length: size }, (_, n) => ({ name: `s${n}` })))
          const touched = Math.min(Math.max(1, asked), size)
          const names = state.servers.slice(0, touched).map(({ name }) => name)
          const refused = (await failing({ state, intent: drain(names) }, world)).includes('Blast radius')
          expect(refused).toBe(touched > servers && touched * 100 > share * size)
        },
      ),
    )
  })

  it('what vanished since the plan is refused, and rows of a statement have a limit', async () => {
    expect(await failing({ intent: drain(['gone']) })).toContain('Blast radius')
    const statement = (maximumRows: number): Partial<GuardSubject> => ({
      intent: {
        kind: 'run-statement',
        target: 'db/x',
        statement: 's',
        parameters: [],
        maximumRows,
        check: 'c',
        expected: '1',
      },
    })
    expect(await failing(statement(1001))).toEqual(['Blast radius'])
    expect(await failing(statement(1000))).toEqual([])
  })
})

describe('capacity floor', () => {
  it('a server that died since the plan counts: read right before the call', async () => {
    const three = [{ name: 'pay-a-1' }, { name: 'pay-a-2' }, { name: 'pay-a-3' }]
    expect(await failing({ state: stateOf(three) })).toEqual([])
    expect(await failing({ state: stateOf(three.map((one) => ({ ...one, up: one.name !== 'pay-a-3' }))) })).toEqual([
      'Enough remains',
    ])
  })

  it('so does more load', async () => {
    const busy = ['pay-a-1', 'pay-a-2', 'pay-a-3'].map((name) => ({ name, rate: 7 }))
    expect(await failing({ state: stateOf(busy) })).toEqual(['Enough remains'])
  })

  it('whenever it passes, enough healthy servers remain', async () => {
    const server = fc.record({ weight: fc.constantFrom(0, 100), up: fc.boolean(), drained: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(server, { minLength: 1, maxLength: 10 }), async (servers) => {
        const named = servers.map((one, n) => ({ ...one, name: `s${n}` }))
        const names = named.filter(({ drained }) => drained).map(({ name }) => name)
        if (names.length === 0) return
        const state = stateOf(named)
        const left = named.filter(({ weight, up, drained }) => up && weight > 0 && !drained).length
        const refused = (await failing({ state, intent: drain(names) })).includes('Enough remains')
        expect(refused || left >= 2).toBe(true)
      }),
    )
  })

  it('the weights of a wave on the way are judged as they are', () => {
    const state = stateOf([{ name: 'a' }, { name: 'b' }])
    const limits = { minimumServers: 1, maximumUtilisation: 1, requestsPerSecondPerServer: 10 }
    const rates = new Map([
      ['a', 5],
      ['b', 5],
    ])
    expect(capacityUnder(state, { a: 25 }, rates, limits)).toEqual([
      { backend: 'payment', healthy: 2, usual: 0.5, utilisation: 0.8 },
    ])
  })

  it('fewer replicas than the floor are refused; a number that is not known is, too', async () => {
    const scale = (replicas: number, now: number | null): Partial<GuardSubject> => ({
      intent: { kind: 'set-values', target: 'k8s/pay', values: { replicas } },
      state: { ...stateOf([]), values: { replicas: now } },
    })
    expect(await failing(scale(1, 2))).toEqual(['Enough remains'])
    expect(await failing(scale(5, 2))).toEqual([])
    expect(await failing(scale(2, null))).toEqual(['Enough remains'])
  })
})

describe('freshness', () => {
  it('evidence older than the limit is refused, however it was approved', async () => {
    const world = new EdgeWorld()
    expect(await failing({ asOf: world.now - 1_800_000 }, world)).toEqual([])
    expect(await failing({ asOf: world.now - 1_801_000 }, world)).toEqual(['Its evidence is fresh'])
  })

  it('an alert that resolves while people approve: nothing is done', async () => {
    const world = new EdgeWorld()
    const asked = { ...request, whileAlert: 'a1' }
    world.firing = new Set(['a1'])
    expect(await failing({ request: asked }, world)).toEqual([])
    world.firing = new Set()
    const action = await applyAction({ ...testScope, request: asked, approvedHash: null, approvedBy: null }, world.deps)
    expect([action.status, world.applied]).toEqual(['refused', []])
  })

  it('an alert that cannot be read does not count as firing', async () => {
    const world = new EdgeWorld()
    world.deps.alertFires = () => Promise.reject(new Error('no database'))
    expect(await failing({ request: { ...request, whileAlert: 'a1' } }, world)).toEqual(['The alert still fires'])
    delete world.deps.alertFires
    expect(await failing({ request: { ...request, whileAlert: 'a1' } }, world)).toEqual(['The alert still fires'])
  })
})

describe('autonomy', () => {
  it('only at automatic a runbook goes on without an approval, and at observe or suggest not even with one', async () => {
    const world = new EdgeWorld()
    const passes = async (level: EdgeWorld['level'], approved: boolean) => {
      world.level = level
      return (await failing({ approved }, world)).length === 0
    }
    expect(await passes('automatic', false)).toBe(true)
    expect([await passes('approve', false), await passes('approve', true)]).toEqual([false, true])
    expect([await passes('suggest', true), await passes('observe', true)]).toEqual([false, false])
  })

  it('a level that cannot be read is none; a person, and a silence, need none', async () => {
    const world = new EdgeWorld()
    world.deps.autonomyOf = () => Promise.reject(new Error('no database'))
    expect(await failing({}, world)).toEqual(['It may do this'])
    const { scope } = subject()
    expect(await failing({ scope: { ...scope, runbook: null } }, world)).toEqual([])
    expect(await failing({ scope: { ...scope, kind: 'silence' } }, world)).toEqual([])
  })

  it('without approval nothing is touched and no lease is started', async () => {
    const world = new EdgeWorld()
    world.level = 'approve'
    const action = await applyAction({ ...testScope, request: limit, approvedHash: null, approvedBy: null }, world.deps)
    expect([action.status, world.applied, world.leases]).toEqual(['refused', [], []])
  })
})

describe('a policy that cannot be read, and broken glass', () => {
  it('nothing passes without a policy', async () => {
    const world = new EdgeWorld()
    world.deps.policy = () => Promise.reject(new Error('no database'))
    expect(await failing({}, world)).not.toEqual([])
    await expect(
      applyAction({ ...testScope, request: limit, approvedHash: null, approvedBy: null }, world.deps),
    ).rejects.toThrow('no database')
    expect(world.applied).toEqual([])
  })

  it('broken glass lifts blast radius, rates, flaps and autonomy, and neither floor, interlocks nor freshness', async () => {
    const world = new EdgeWorld()
    world.level = 'observe'
    world.policy = policyUnderBrokenGlass(actionPolicy.parse({ blastRadius: { servers: 0, share: 0 } }))
    expect(await failing({}, world)).toEqual([])
    expect(await failing({ asOf: world.now - 7_200_000 }, world)).toEqual(['Its evidence is fresh'])
    expect(await failing({ intent: drain(['pay-a-1', 'pay-a-2']) }, world)).toEqual(['Enough remains'])
    expect(world.policy.interlocks.oneZone).toBe(true)
  })
})

it('reads the policy once for all guards of one judgement, and anew for the next', async () => {
  const world = new EdgeWorld()
  let reads = 0
  world.deps.policy = async () => {
    reads += 1
    return world.policy
  }
  await judgeGuards(subject({ asOf: world.now }), world.deps)
  expect(reads).toBe(1)
  await judgeGuards(subject({ asOf: world.now }), world.deps)
  expect(reads).toBe(2)
})

it('refuses by the first guard that does not pass, and tells stopped writes apart', async () => {
  const passing = { name: 'Something', pass: true, detail: 'it is so' }
  expect(refusalOf([passing])).toBe(null)
  expect(refusalOf([passing, { ...passing, pass: false }])).toMatchObject({
    code: 'guard-failed',
    message: 'Something: it is so.',
  })
  const world = new EdgeWorld()
  world.stop = { by: 'ann', at: world.now, reason: 'drill' }
  expect(refusalOf(await judgeGuards(subject(), world.deps))).toMatchObject({ code: 'writes-stopped' })
})
