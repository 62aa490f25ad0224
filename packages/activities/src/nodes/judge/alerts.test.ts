import { describe, expect, it, vi } from 'vitest'
import { asOf, changed, memoryData, minute, wobbling, type MemorySeries } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'
import type { AlertRecord, ChangeRecord } from '../../node.ts'
import { alertsOutput } from './alerts-output.ts'

const iso = (t: number): string => new Date(t).toISOString()
const alert = (id: string, more: Partial<AlertRecord> & { ago?: number } = {}): AlertRecord => {
  const { ago = 4, ...rest } = more
  return {
    id,
    fingerprint: id,
    name: 'SuccessRateLow',
    severity: 'warning',
    labels: {},
    startsAt: iso(asOf - ago * minute),
    endsAt: null,
    source: 'am',
    entity: 'pay',
    measure: null,
    action: null,
    verdict: null,
    reason: '',
    decidedAt: null,
    silencedUntil: null,
    groupKey: id,
    ...rest,
  }
}

const both = (at: (t: number) => number | null, zoneB = at): MemorySeries[] => [
  { dimensions: { zone: 'A', host: 'pay-a' }, at },
  { dimensions: { zone: 'B', host: 'pay-b' }, at: zoneB },
]
const healthy: Record<string, MemorySeries[]> = {
  'market.orders': [{ at: wobbling(600) }],
  'pay.attempts': both(wobbling(300)),
  'pay.succeeded': both(wobbling(285)),
  'pay.rate': both(wobbling(0.95, 0.004)),
  'db.wait': [{ at: wobbling(0.02) }],
}

async function judge(
  alerts: AlertRecord[],
  {
    series = healthy,
    changes = [],
    silenceable = [],
  }: { series?: Record<string, MemorySeries[]>; changes?: ChangeRecord[]; silenceable?: string[] } = {},
) {
  const ctx = readContext({ data: memoryData({ series }), asOf, alerts, changes, silenceable })
  const result = await runNode('judge.alerts', {}, ctx)
  const output = alertsOutput.parse(result.output)
  return { ...result, output, said: Object.fromEntries(output.decisions.map((one) => [one.id, one])) }
}

const failing = (since: number, rate = 0.7): Record<string, MemorySeries[]> => ({
  ...healthy,
  'pay.succeeded': both(changed(since, 285, 300 * rate)),
  'pay.rate': both(changed(since, 0.95, rate)),
})
const change = (kind: string, more: Partial<ChangeRecord> = {}): ChangeRecord => ({
  id: `${kind}-1`,
  kind,
  title: `The ${kind}`,
  startedAt: asOf - 5 * minute,
  endedAt: null,
  scope: { entity: 'pay' },
  author: null,
  ...more,
})

describe('judge.alerts', () => {
  it('says nothing of no alerts', async () => {
    expect(await judge([])).toMatchObject({ outcome: 'none', output: { decisions: [], tell: [] }, evidence: [] })
  })

  it('tells at once of what the data show, and once of what belongs to it', async () => {
    const { outcome, said, output, evidence } = await judge(
      [alert('a1', { ago: 1 }), alert('a2', { ago: 1, entity: 'pay-a' })],
      { series: failing(asOf - 6 * minute) },
    )
    expect(outcome).toBe('real')
    expect(said['a1']).toMatchObject({
      action: 'page',
      verdict: 'real',
      reason: expect.stringContaining('below expected'),
    })
    expect(said['a1']!.evidence).toMatchObject([
      { kind: 'series', marks: expect.arrayContaining([expect.objectContaining({ kind: 'alert' })]) },
    ])
    expect(output.tell).toMatchObject([
      { group: 'a1', title: 'SuccessRateLow on pay', severity: 'warning', verdict: 'real' },
    ])
    expect(said['a2']).toMatchObject({ action: 'merge', group: 'a1' })
    expect(evidence).toMatchObject([{ kind: 'table', rows: [{ what: 'tell' }, { what: 'merge' }] }])
  })

  it('takes for usual swings what fires while the data are as usual', async () => {
    const { outcome, said } = await judge([alert('a1')])
    expect(said['a1']).toMatchObject({
      action: 'suppress',
      verdict: 'normal-loss',
      reason: expect.stringContaining('as usual'),
    })
    expect(outcome).toBe('noise')
  })

  it('never silences a critical alert because the data look usual', async () => {
    const { outcome, said } = await judge([alert('a1', { severity: 'critical' })])
    expect(said['a1']).toMatchObject({ action: 'page', verdict: 'undetermined' })
    expect(outcome).toBe('inconclusive')
  })

  it('holds what is young and not seen in the data, and tells of it when it stays', async () => {
    const nowhere = { entity: null, name: 'Strange', labels: { job: 'cron' } }
    expect(await judge([alert('a1', { ...nowhere, ago: 1 })])).toMatchObject({
      outcome: 'none',
      output: { counts: { held: 1 } },
    })
    const { outcome, output } = await judge([alert('a1', nowhere)])
    expect(outcome).toBe('inconclusive')
    expect(output.tell).toMatchObject([{ title: 'Undetermined: Strange on cron', verdict: 'undetermined' }])
  })

  it('tells of what cannot be judged because the data are away', async () => {
    const { said } = await judge([alert('a1')], { series: {} })
    expect(said['a1']).toMatchObject({ action: 'page', verdict: 'undetermined' })
  })

  it('tells of what it could not look at in time', async () => {
    vi.useFakeTimers()
    try {
      const data = { ...memoryData({ series: {} }), data: () => new Promise<never>(() => undefined) }
      const running = runNode('judge.alerts', {}, readContext({ data, asOf, alerts: [alert('a1')] }))
      await vi.advanceTimersByTimeAsync(30_000)
      expect(alertsOutput.parse((await running).output).decisions).toMatchObject([
        { action: 'page', verdict: 'undetermined', reason: 'Its data did not come within 25 s.' },
      ])
    } finally {
      vi.useRealTimers()
    }
  })

  it('knows a drop at the source by the chain, and a step that falls further than it', async () => {
    const since = asOf - 10 * minute
    const dropped = {
      ...healthy,
      'market.orders': [{ at: changed(since, 600, 360) }],
      'pay.attempts': both(changed(since, 300, 180)),
      'pay.succeeded': both(changed(since, 285, 171)),
    }
    const traffic = { name: 'TrafficDrop', severity: 'critical' as const }
    expect((await judge([alert('a1', traffic)], { series: dropped })).said['a1']).toMatchObject({
      action: 'suppress',
      verdict: 'source-drop',
      reason: expect.stringContaining('market sends 40'),
    })
    const worse = {
      ...dropped,
      'pay.attempts': both(changed(since, 300, 60)),
      'pay.succeeded': both(changed(since, 285, 57)),
    }
    expect((await judge([alert('a1', traffic)], { series: worse })).said['a1']).toMatchObject({
      action: 'page',
      verdict: 'real',
    })
  })

  it('says that there are too few events to tell a share', async () => {
    const few = {
      ...healthy,
      'pay.attempts': both(wobbling(0.8)),
      'pay.rate': both(changed(asOf - 5 * minute, 0.95, 0.85)),
    }
    expect((await judge([alert('a1')], { series: few })).said['a1']).toMatchObject({
      action: 'suppress',
      verdict: 'low-traffic',
      reason: expect.stringMatching(/[Nn]eeds \d+ more/),
    })
  })

  it('expects what a load test or maintenance does, and not that a change breaks things', async () => {
    const test = change('load-test', { scope: {} })
    // A load test makes things slow; that things fail is another matter.
    expect((await judge([alert('a1')], { series: {}, changes: [test] })).said['a1']).toMatchObject({
      verdict: 'undetermined',
    })
    const series = failing(asOf - 4 * minute)
    expect((await judge([alert('a1')], { series, changes: [change('maintenance')] })).said['a1']).toMatchObject({
      action: 'suppress',
      verdict: 'expected-change',
    })
    expect((await judge([alert('a1')], { series, changes: [change('deploy')] })).said['a1']).toMatchObject({
      action: 'page',
    })
    const database = alert('a1', { name: 'LatencyHigh', entity: 'db' })
    expect((await judge([database], { changes: [test], series: {} })).said['a1']).toMatchObject({
      action: 'suppress',
      verdict: 'expected-load-test',
      reason: 'A load test on market explains it: The load-test.',
    })
  })

  it('lets stand what was decided, and looks again at what was noise and still fires', async () => {
    const before = { action: 'page', verdict: 'real', decidedAt: iso(asOf - 10 * minute), ago: 12 } as const
    expect(await judge([alert('a1', before)])).toMatchObject({ outcome: 'none' })
    const noise = { ...before, action: 'suppress', verdict: 'normal-loss', groupKey: 'passed:pay' } as const
    expect(await judge([alert('a1', noise)])).toMatchObject({ outcome: 'none' })
    const { said } = await judge([alert('a1', noise)], { series: failing(asOf - 6 * minute) })
    expect(said['a1']).toMatchObject({ action: 'page', verdict: 'real', group: 'a1' })
  })

  it('adds to a group that was told of, and tells again when it gets worse', async () => {
    const told = alert('a1', { action: 'page', verdict: 'real', decidedAt: iso(asOf - 5 * minute), ago: 8 })
    const series = failing(asOf - 9 * minute)
    const { outcome, said } = await judge([told, alert('a2', { name: 'Other errors', ago: 4 })], { series })
    expect([outcome, said['a2']]).toMatchObject(['noise', { action: 'merge', group: 'a1' }])
    const worse = await judge([told, alert('a2', { severity: 'critical', ago: 1 })], { series })
    expect(worse.output.tell).toMatchObject([{ group: 'a1', severity: 'critical' }])
  })

  it('keeps two hosts of one zone apart, and not a host from what its service stores in', async () => {
    const nowhere = { series: {} }
    const [host, other] = [alert('a1', { entity: 'pay-a', ago: 5 }), alert('a2', { entity: 'pay-b' })]
    expect((await judge([host, other], nowhere)).said['a2']).toMatchObject({ action: 'page', group: 'a2' })
    const database = alert('a3', { entity: 'db', ago: 5 })
    expect((await judge([database, other], nowhere)).said['a2']).toMatchObject({
      action: 'merge',
      group: 'a3',
      verdict: 'echo',
    })
  })

  it('offers to silence certain noise where that is on, and nothing else', async () => {
    const labels = { alertname: 'SuccessRateLow', service: 'pay', severity: 'warning' }
    const noise = alert('a1', { labels })
    const critical = alert('a2', { labels, severity: 'critical' })
    const strange = alert('a3', { labels, entity: null, name: 'Strange' })
    const elsewhere = alert('a4', { labels, source: 'triage/alerts' })
    const held = alert('a5', {
      labels,
      action: 'suppress',
      verdict: 'normal-loss',
      decidedAt: iso(asOf - minute),
      silencedUntil: iso(asOf + minute),
    })
    const all = [noise, critical, strange, elsewhere, held]
    expect((await judge(all)).output.silences).toEqual([])
    expect((await judge(all, { silenceable: ['am'] })).output.silences).toEqual([
      {
        alert: 'a1',
        connection: 'am',
        title: 'SuccessRateLow on pay',
        matchers: Object.entries(labels).map(([name, value]) => ({ name, value })),
        reason: expect.stringContaining('as usual'),
        until: asOf + 30 * minute,
      },
    ])
    const known = { ...held, silencedUntil: iso(asOf - minute) }
    expect(await judge([known], { silenceable: ['am'] })).toMatchObject({
      outcome: 'noise',
      output: { silences: [{ alert: 'a5' }] },
    })
  })

  it('knows nothing of the future in a backtest', async () => {
    const later = alert('a2', { startsAt: iso(asOf + minute) })
    const decidedLater = alert('a1', {
      action: 'suppress',
      verdict: 'normal-loss',
      decidedAt: iso(asOf + minute),
      endsAt: iso(asOf + minute),
    })
    const { said } = await judge([decidedLater, later], { series: failing(asOf - 6 * minute) })
    expect(Object.keys(said)).toEqual(['a1'])
    expect(said['a1']).toMatchObject({ action: 'page' })
  })
})
