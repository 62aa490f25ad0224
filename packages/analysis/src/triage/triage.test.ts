import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signalOf } from './signal.ts'
import type { TriageAlert, TriageEvent, TriageFact, TriageInput } from './triage-types.ts'
import { holdMs, triageAlerts } from './triage.ts'

const minute = 60_000
const day = 24 * 60 * minute
const t0 = Date.UTC(2026, 0, 5, 10)
/** gw -> biz -> core -> db; gw -> other. */
const calls = { gw: ['biz', 'other'], biz: ['core'], core: ['db'] }

let next = 0
const alert = (
  entity: string | null,
  rule: string,
  more: Partial<TriageAlert> & { after?: number; lasts?: number } = {},
): TriageAlert => {
  const { after = 0, lasts, ...rest } = more
  const at = t0 + after * minute
  next += 1
  return {
    id: `a${String(next).padStart(4, '0')}`,
    at,
    entity,
    rule,
    severity: 'warning',
    perMinute: 900,
    resolvedAt: lasts === undefined ? null : at + lasts * minute,
    ...rest,
  }
}
const event = (kind: TriageEvent['kind'], entity: string, from = -5, to: number | null = 30): TriageEvent => ({
  id: `${kind}-1`,
  kind,
  entity,
  from: t0 + from * minute,
  to: to === null ? null : t0 + to * minute,
})
const judge = (alerts: TriageAlert[], more: Partial<TriageInput> = {}) => {
  const result = triageAlerts({ alerts, calls, events: [], now: t0 + 10 * day, ...more })
  return { ...result, of: (one: TriageAlert) => result.decisions.find(({ id }) => id === one.id) }
}

describe('one alert', () => {
  it('that is critical is told at once; any other after three minutes, if it stays', () => {
    const [critical, mild] = [alert('core', 'errors', { severity: 'critical' }), alert('other', 'latency')]
    const { of } = judge([critical, mild])
    expect(of(critical)).toMatchObject({ action: 'page', verdict: 'real', decidedAt: critical.at })
    expect(of(mild)).toMatchObject({ action: 'page', verdict: 'undetermined', decidedAt: mild.at + holdMs })
    expect(judge([mild], { now: mild.at + holdMs - 1 })).toMatchObject({ decisions: [], held: [mild.id] })
  })

  it.each([
    [{ perMinute: 900 }, 'normal-loss'],
    [{ perMinute: 4 }, 'low-traffic'],
  ])('that passes by itself is noise: %o', (more, verdict) => {
    const one = alert('core', 'success_rate_low', { lasts: 1, ...more })
    expect(judge([one]).of(one)).toMatchObject({ action: 'suppress', verdict, decidedAt: one.at + minute })
    // What has not ended yet is not known to end.
    expect(judge([one], { now: one.at + minute / 2 }).held).toEqual([one.id])
  })

  it('of which the same fired already and both pass is a duplicate', () => {
    const hosts = [0, 0.1].map((after) => alert('core', 'cpu_high', { after, lasts: 2 }))
    expect(judge(hosts).decisions.map(({ verdict, action }) => [verdict, action])).toEqual([
      ['normal-loss', 'suppress'],
      ['duplicate', 'suppress'],
    ])
  })
})

describe('what was planned', () => {
  it.each<[TriageEvent, string, string, string | null]>([
    [event('load-test', 'gw'), 'db', 'latency_high', 'expected-load-test'],
    [event('load-test', 'gw'), 'db', 'error_count_high', null],
    [event('load-test', 'other'), 'db', 'latency_high', null],
    [event('source-drop', 'gw'), 'core', 'traffic_drop', 'source-drop'],
    [event('source-drop', 'gw'), 'core', 'latency_high', null],
    [event('maintenance', 'db'), 'db', 'success_rate_low', 'expected-change'],
    [event('maintenance', 'db'), 'core', 'success_rate_low', null],
    [event('change', 'core', -2), 'core', 'success_rate_low', 'expected-change'],
    [event('change', 'core', -20), 'core', 'success_rate_low', null],
    [event('change', 'core', -2), 'core', 'pool_exhausted', null],
    [event('load-test', 'gw', -60, -20), 'db', 'latency_high', null],
    [event('load-test', 'gw', 1), 'db', 'latency_high', null],
  ])('%o explains %s %s as %s', (planned, entity, rule, verdict) => {
    const one = alert(entity, rule)
    const decision = judge([one], { events: [planned] }).of(one)
    expect(decision).toMatchObject(verdict === null ? { action: 'page' } : { action: 'suppress', verdict })
    const critical = alert(entity, rule, { severity: 'critical' })
    expect(judge([critical], { events: [planned] }).of(critical)).toMatchObject({ action: 'page', verdict: 'real' })
  })

  it('explains nothing once the same entity shows more than that', () => {
    const slow = alert('db', 'latency_high')
    const failing = alert('db', 'error_count_high', { severity: 'critical', after: 1 })
    const { of } = judge([slow, failing], { events: [event('load-test', 'gw')] })
    expect([of(failing), of(slow)]).toMatchObject([{ action: 'page' }, { action: 'merge', group: failing.id }])
    const [errors, latency] = [alert('core', 'success_rate_low'), alert('core', 'latency_high', { after: 0.5 })]
    expect(judge([errors, latency], { events: [event('change', 'core', -1)] }).of(errors)).toMatchObject({
      action: 'page',
      verdict: 'real',
    })
  })

  it('is a bad change when the data are abnormal after it', () => {
    const one = alert('core', 'success_rate_low')
    const facts = new Map<string, TriageFact>([
      [one.id, { kind: 'abnormal', reason: 'Success is 12 % below expected.', isSure: true }],
    ])
    const said = judge([one], { events: [event('change', 'core', -1)], facts, now: t0 + minute })
    expect(said.of(one)).toMatchObject({ action: 'page', verdict: 'real', reason: 'Success is 12 % below expected.' })
  })
})

describe('groups', () => {
  it('one fault that explains all is one group, told once', () => {
    const all = [
      alert('db', 'pool_exhausted'),
      alert('core', 'latency_high', { after: 1 }),
      alert('gw', 'errors', { after: 2 }),
      alert('core', 'latency_high', { after: 3 }),
    ]
    const { decisions } = judge(all)
    expect(decisions.map(({ action, verdict, group }) => [action, verdict, group])).toEqual([
      ['page', expect.any(String), all[0]!.id],
      ['merge', 'echo', all[0]!.id],
      ['merge', 'echo', all[0]!.id],
      ['merge', 'duplicate', all[0]!.id],
    ])
  })

  it('what no one fault can explain is two groups, and saturation elsewhere is a fault of its own', () => {
    const [db, other] = [alert('db', 'errors'), alert('other', 'errors', { after: 1 })]
    expect(judge([db, other]).of(other)).toMatchObject({ action: 'page', group: other.id })
    const [first, second] = [alert('db', 'pool_exhausted'), alert('biz', 'pool_exhausted', { after: 2 })]
    expect(judge([first, second]).of(second)).toMatchObject({ action: 'page', group: second.id })
  })

  it('a common dependency that no alert speaks of is no cause', () => {
    const [one, two] = [alert('biz', 'errors'), alert('x', 'errors', { after: 1 })]
    const shared = { biz: ['db'], x: ['db'] }
    expect(judge([one, two], { calls: shared }).of(two)).toMatchObject({ action: 'page', group: two.id })
    const db = alert('db', 'errors', { after: -1 })
    expect(judge([db, one, two], { calls: shared }).of(two)).toMatchObject({ action: 'merge', group: db.id })
  })

  it('a group that gets worse is told again; a mild one never buries a severe one', () => {
    const mild = alert('db', 'errors', { severity: 'info' })
    const severe = alert('core', 'errors', { severity: 'critical', after: 10 })
    const again = alert('core', 'errors', { severity: 'critical', after: 11 })
    const { of } = judge([mild, severe, again])
    expect([of(mild), of(severe), of(again)]).toMatchObject([
      { action: 'page' },
      { action: 'page', group: mild.id },
      { action: 'merge' },
    ])
  })

  it('a fault that was silent for a quarter of an hour is over', () => {
    const [one, later] = [alert('db', 'errors'), alert('db', 'errors', { after: 30 })]
    expect(judge([one, later]).of(later)).toMatchObject({ action: 'page', group: later.id })
  })

  it('a cycle of calls has no end and no fault in it', () => {
    const round = { a: ['b'], b: ['c'], c: ['a'] }
    const all = ['a', 'b', 'c'].map((entity, after) => alert(entity, 'errors', { after }))
    expect(judge(all, { calls: round }).decisions.map(({ action }) => action)).toEqual(['page', 'merge', 'merge'])
  })
})

describe('what recurs', () => {
  const daily = (days: number, more: Partial<TriageAlert> = {}) =>
    alert('core', 'gc_time_high', { severity: 'info', after: days * 24 * 60 + 3, ...more })
  it('is told on its first day and known on the next ones', () => {
    const all = [daily(0), daily(1), daily(2)]
    const { of } = judge(all)
    expect(of(all[0]!)).toMatchObject({ action: 'page', verdict: 'undetermined' })
    expect(of(all[1]!)).toMatchObject({
      action: 'suppress',
      verdict: 'normal-loss',
      reason: expect.stringContaining('yesterday'),
    })
    expect(of(all[2]!)).toMatchObject({ action: 'suppress' })
  })

  it('is told when it is worse than before, at another time, or not alone', () => {
    const first = daily(0)
    const worse = daily(1, { severity: 'warning' })
    expect(judge([first, worse]).of(worse)).toMatchObject({ action: 'page' })
    const later = alert('core', 'gc_time_high', { severity: 'info', after: 27 * 60 })
    expect(judge([first, later]).of(later)).toMatchObject({ action: 'page' })
    const [again, beside] = [daily(1), alert('core', 'errors', { after: 24 * 60 + 3 })]
    expect(judge([first, again, beside]).of(again)).toMatchObject({ action: 'page' })
  })
})

describe('facts', () => {
  const factOf = (one: TriageAlert, kind: TriageFact['kind']) => ({
    facts: new Map([[one.id, { kind, reason: 'So it is.' }]]),
  })
  it.each<[TriageFact['kind'], string, string]>([
    ['abnormal', 'page', 'real'],
    ['normal', 'suppress', 'normal-loss'],
    ['source-drop', 'suppress', 'source-drop'],
    ['low-traffic', 'suppress', 'low-traffic'],
    ['unknown', 'page', 'undetermined'],
  ])('%s: %s as %s', (kind, action, verdict) => {
    const one = alert('core', 'errors')
    expect(judge([one], { ...factOf(one, kind), now: one.at + holdMs }).of(one)).toMatchObject({
      action,
      verdict,
      reason: 'So it is.',
    })
  })

  it('are waited for like all else, unless they are sure', () => {
    const one = alert('core', 'errors')
    expect(judge([one], { ...factOf(one, 'abnormal'), now: one.at + minute }).held).toEqual([one.id])
    const sure = new Map([[one.id, { kind: 'abnormal', reason: 'So it is.', isSure: true } as const]])
    expect(judge([one], { facts: sure, now: one.at + minute }).of(one)).toMatchObject({
      action: 'page',
      verdict: 'real',
    })
  })

  it('that look usual do not silence what is critical', () => {
    const one = alert('core', 'errors', { severity: 'critical' })
    expect(judge([one], factOf(one, 'normal')).of(one)).toMatchObject({ action: 'page', verdict: 'undetermined' })
  })
})

describe('earlier decisions', () => {
  it('stand, and keep their groups', () => {
    const told = alert('db', 'errors', {
      decided: { action: 'page', verdict: 'real', group: 'g1', reason: 'r', at: t0 + minute },
    })
    const more = alert('core', 'errors', { after: 5 })
    const { decisions, of } = judge([told, more])
    expect(decisions).toHaveLength(1)
    expect(of(more)).toMatchObject({ action: 'merge', group: 'g1' })
  })

  it('of noise are made anew while it fires', () => {
    const decided = {
      action: 'suppress',
      verdict: 'expected-load-test',
      group: 'load-test:1',
      reason: 'r',
      at: t0 + minute,
    } as const
    const one = alert('db', 'latency_high', { decided, reviewAt: t0 + 60 * minute })
    expect(judge([one], { now: t0 + 60 * minute, events: [event('load-test', 'gw', -5, 58)] }).decisions).toEqual([])
    expect(judge([one], { now: t0 + 60 * minute, events: [event('load-test', 'gw', -5, 20)] }).of(one)).toMatchObject({
      action: 'page',
    })
  })
})

it.each([
  ['LatencyP99High', 'latency'],
  ['Payment is slow', 'latency'],
  ['success_rate_low', 'errors'],
  ['HostDeclinesHigh', 'errors'],
  ['TrafficDrop', 'traffic'],
  ['gc_time_high', 'saturation'],
  ['DatabasePoolExhausted', 'saturation'],
  ['Watchdog', 'other'],
  ['', 'other'],
])('%s watches %s', (rule, signal) => expect(signalOf(rule)).toBe(signal))

describe('whatever comes', () => {
  const time = fc.oneof(
    fc.integer({ min: t0, max: t0 + 3 * day }),
    fc.constantFrom(0, -1e18, 1e18, Number.NaN, Infinity, 8.64e15),
  )
  const entity = fc.constantFrom('gw', 'biz', 'core', 'db', 'nowhere', '__proto__', 'constructor', null)
  const anyAlert = fc.record({
    id: fc.uuid(),
    at: time,
    entity,
    rule: fc.constantFrom('latency_high', 'errors', 'cpu', 'traffic_drop', '', 'x'.repeat(300)),
    severity: fc.constantFrom('critical', 'warning', 'info'),
    perMinute: fc.oneof(fc.double(), fc.constant(null)),
    resolvedAt: fc.oneof(time, fc.constant(null)),
  })
  const anyEvent = fc.record({
    id: fc.string(),
    kind: fc.constantFrom('change', 'load-test', 'maintenance', 'source-drop'),
    entity: fc.constantFrom('gw', 'db', '__proto__', 'nowhere'),
    from: time,
    to: fc.oneof(time, fc.constant(null)),
  })
  const graph = fc.constantFrom<Record<string, string[]>>({}, calls, { gw: ['gw'] }, { a: ['b'], b: ['a'] })
  const input = fc.record({
    alerts: fc.uniqueArray(anyAlert, { maxLength: 40, selector: ({ id }) => id }),
    calls: graph,
    events: fc.array(anyEvent, { maxLength: 6 }),
    now: time,
  }) as fc.Arbitrary<TriageInput>

  it('each alert is decided once or held, in time, and nothing critical is suppressed that still fires', () => {
    fc.assert(
      fc.property(input, (given) => {
        const { decisions, held } = triageAlerts(given)
        const byId = new Map(given.alerts.map((one) => [one.id, one]))
        const ids = [...decisions.map(({ id }) => id), ...held]
        expect(new Set(ids).size).toBe(ids.length)
        for (const { id, action, verdict, decidedAt, group, reason } of decisions) {
          const one = byId.get(id)!
          expect(decidedAt).toBeGreaterThanOrEqual(one.at)
          expect(decidedAt - one.at).toBeLessThanOrEqual(holdMs)
          expect(decidedAt).toBeLessThanOrEqual(given.now)
          expect([group, reason].every((text) => text.length > 0)).toBe(true)
          expect(one.severity === 'critical' && action === 'suppress').toBe(false)
          expect(verdict === 'undetermined' && action !== 'page').toBe(false)
        }
      }),
    )
  })

  it('what is merged was told of before, and decisions do not change as time goes on', () => {
    fc.assert(
      fc.property(input, fc.integer({ min: 0, max: 3 * day }), (given, later) => {
        const { decisions } = triageAlerts(given)
        const told = new Set<string>()
        for (const { action, group } of decisions) {
          if (action === 'page') told.add(group)
          expect(action === 'merge' && !told.has(group)).toBe(false)
        }
        if (!Number.isFinite(given.now)) return
        const more = triageAlerts({ ...given, now: given.now + later }).decisions
        expect(more.slice(0, decisions.length)).toEqual(decisions)
      }),
    )
  })
})
