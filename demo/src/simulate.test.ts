import { describe, expect, test } from 'vitest'
import type { FaultKind } from './fault-kinds.ts'
import { createSimulator, simulate, type Simulated } from './simulate.ts'

const MINUTE = 60_000
const from = Date.UTC(2026, 2, 4, 12)
const to = from + 60 * MINUTE
const onset = from + 30 * MINUTE

const under = (kind: FaultKind, severity: number) =>
  simulate({ from, to, stepSeconds: 60, seed: 5, faults: [{ kind, from: onset, to, severity }] })

/** Increase of all series with these labels between two times, counter resets allowed. */
function increase(
  simulated: Simulated,
  name: string,
  labels: Record<string, string>,
  start: number,
  end: number,
): number {
  let sum = 0
  for (const series of simulated.series) {
    if (series.name !== name || Object.entries(labels).some(([key, value]) => series.labels[key] !== value)) continue
    let last = 0
    simulated.timestamps.forEach((at, row) => {
      const value = series.values[row]!
      if (Number.isNaN(value)) return
      if (at > start && at <= end) sum += value >= last ? value - last : value
      last = value
    })
  }
  return sum
}
const before = (simulated: Simulated, labels: Record<string, string>) =>
  increase(simulated, 'shop_requests_total', labels, from, onset)
const after = (simulated: Simulated, labels: Record<string, string>) =>
  increase(simulated, 'shop_requests_total', labels, onset, to)
const ratio = (simulated: Simulated, labels: Record<string, string>) =>
  after(simulated, labels) / before(simulated, labels)
const ok = (service: string) => ({ service, outcome: 'ok' })

describe('a healthy shop', () => {
  const healthy = simulate({ from, to, stepSeconds: 60, seed: 5 })

  test('loses at each step what the world says', () => {
    const share = (service: string) =>
      increase(healthy, 'shop_requests_total', ok(service), from, to) /
      increase(healthy, 'shop_requests_total', { service }, from, to)
    expect(share('trade-create')).toBeCloseTo(0.98, 1.9)
    expect(share('cashier-render')).toBeCloseTo(0.92, 1.9)
    expect(share('payment')).toBeCloseTo(0.96, 1.9)
  })

  test('what a step served is what the next one was asked for', () => {
    const served = increase(healthy, 'shop_requests_total', ok('trade-create'), from, to)
    expect(increase(healthy, 'shop_requests_total', { service: 'cashier-render' }, from, to)).toBe(served)
    expect(increase(healthy, 'shop_requests_total', { service: 'stock' }, from, to)).toBe(served)
  })

  test('counts who calls whom as often as it happens', () => {
    const calls = (client: string, server: string) =>
      increase(healthy, 'traces_service_graph_request_total', { client, server }, from, to)
    const asked = (service: string) => increase(healthy, 'shop_requests_total', { service }, from, to)
    expect(calls('gateway', 'payment')).toBe(asked('payment'))
    expect(calls('trade-create', 'stock')).toBe(asked('stock'))
    expect(calls('trade-create', 'risk') + calls('payment', 'risk')).toBe(asked('risk'))
    expect(calls('marketplace', 'gateway')).toBe(asked('gateway'))
    expect(calls('payment', 'payment-db')).toBe(calls('payment', 'risk'))
  })

  test('splits traffic evenly over the six hosts', () => {
    const each = ['pay-a-1', 'pay-b-3'].map((host) => increase(healthy, 'shop_requests_total', { host }, from, to))
    expect(Math.abs(each[0]! - each[1]!)).toBeLessThan(70)
  })

  test('counts each request once in the histogram', () => {
    const labels = { service: 'payment' }
    const requests = increase(healthy, 'shop_requests_total', labels, from, to)
    expect(increase(healthy, 'shop_request_seconds_count', labels, from, to)).toBe(requests)
    expect(increase(healthy, 'shop_request_seconds_bucket', { ...labels, le: '+Inf' }, from, to)).toBe(requests)
    const mean = increase(healthy, 'shop_request_seconds_sum', labels, from, to) / requests
    expect(mean).toBeGreaterThan(0.12)
    expect(mean).toBeLessThan(0.135)
  })

  test('equal seeds give equal numbers, other seeds others', () => {
    expect(simulate({ from, to, stepSeconds: 60, seed: 5 })).toEqual(healthy)
    expect(simulate({ from, to, stepSeconds: 60, seed: 6 })).not.toEqual(healthy)
  })
})

test('simulated in pieces, counters go on counting', () => {
  const whole = simulate({ from, to, stepSeconds: 60, seed: 5 })
  const simulator = createSimulator({ seed: 5 })
  simulator.run({ from, to: onset, stepSeconds: 60 })
  const second = simulator.run({ from: onset, to, stepSeconds: 60 })
  const last = (simulated: Simulated) => simulated.series.map((series) => series.values.at(-1))
  expect(last(second)).toEqual(last(whole))
})

describe('faults', () => {
  test('source-drop: fewer orders, every step falls alike, nothing is lost inside', () => {
    const drop = under('source-drop', 0.4)
    expect(
      increase(drop, 'shop_source_orders_total', {}, onset, to) /
        increase(drop, 'shop_source_orders_total', {}, from, onset),
    ).toBeCloseTo(0.6, 1)
    expect(ratio(drop, ok('payment'))).toBeCloseTo(0.6, 1)
    expect(after(drop, ok('payment')) / after(drop, { service: 'payment' })).toBeCloseTo(0.96, 1.7)
  })

  test('bad-change: only v2 on three payment hosts fails; its share shows in the whole', () => {
    const bad = under('bad-change', 0.25)
    expect(
      after(bad, { service: 'payment', version: 'v2', outcome: 'error' }) / after(bad, { version: 'v2' }),
    ).toBeCloseTo(0.25, 1.6)
    expect(after(bad, { host: 'pay-b-1', outcome: 'error' }) / after(bad, { host: 'pay-b-1' })).toBeLessThan(0.02)
    expect(ratio(bad, ok('payment'))).toBeCloseTo(0.875, 1)
    expect(ratio(bad, ok('cashier-render'))).toBeGreaterThan(0.96)
  })

  test('bad-change: the v1 series of a changed host ends where v2 begins', () => {
    const bad = under('bad-change', 0.25)
    const row = bad.timestamps.findIndex((at) => at > onset)
    const of = (version: string) =>
      bad.series.find(
        (series) =>
          series.labels.host === 'pay-a-1' && series.labels.version === version && series.labels.outcome === 'ok',
      )!.values
    expect(of('v1')[row - 1]).toBeGreaterThan(0)
    expect(of('v1')[row]).toBeNaN()
    expect(of('v2')[row - 1]).toBeNaN()
    expect(of('v2')[row]).toBeGreaterThan(0)
  })

  test('zone-latency: zone A loses requests at each step and is slow, zone B is not', () => {
    const slow = under('zone-latency', 0.15)
    const lost = (zone: string) =>
      after(slow, { service: 'payment', zone, outcome: 'timeout' }) / after(slow, { service: 'payment', zone })
    expect(lost('A')).toBeCloseTo(0.15, 1.5)
    expect(lost('B')).toBe(0)
    expect(ratio(slow, ok('payment'))).toBeLessThan(0.8)
    const mean = (zone: string) =>
      increase(slow, 'shop_request_seconds_sum', { service: 'payment', zone }, onset, to) /
      after(slow, { service: 'payment', zone })
    expect(mean('A')).toBeGreaterThan(2 * mean('B'))
  })

  test('db-saturation: payments time out on all hosts, connections are at their maximum and the wait is long', () => {
    const full = under('db-saturation', 0.3)
    for (const zone of ['A', 'B'])
      expect(
        after(full, { service: 'payment', zone, outcome: 'timeout' }) / after(full, { service: 'payment', zone }),
      ).toBeCloseTo(0.288, 1.4)
    expect(full.series.find((series) => series.name === 'shop_db_connections_in_use')!.values.at(-1)).toBe(20)
    expect(
      increase(full, 'shop_db_wait_seconds_sum', {}, onset, to) /
        increase(full, 'shop_db_wait_seconds_count', {}, onset, to),
    ).toBeGreaterThan(0.4)
  })

  test('load-test: more orders of another kind, nothing lost', () => {
    const load = under('load-test', 0.6)
    expect(increase(load, 'shop_source_orders_total', { kind: 'load-test' }, from, onset)).toBe(0)
    // A little below 1.6: the season itself falls over this hour.
    expect(ratio(load, ok('payment'))).toBeGreaterThan(1.5)
    expect(ratio(load, ok('payment'))).toBeLessThan(1.65)
  })

  test('low-traffic: next to nothing is left', () => {
    expect(ratio(under('low-traffic', 0.98), ok('payment'))).toBeLessThan(0.04)
  })

  test('lost-scrape: payment has no samples, its neighbours do', () => {
    const lost = under('lost-scrape', 1)
    const last = (service: string) =>
      lost.series.filter((series) => series.labels.service === service).map((series) => series.values.at(-1)!)
    expect(last('payment').every(Number.isNaN)).toBe(true)
    expect(last('risk').some(Number.isNaN)).toBe(false)
  })
})
