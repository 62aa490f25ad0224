import type { Symptom } from '@tenon/runbook'
import { describe, expect, test } from 'vitest'
import { symptomOfAlert, symptomOfKind, symptomOfMeasure } from './infer-symptom.ts'

type Measure = Parameters<typeof symptomOfMeasure>[1]

describe('a measure says by its direction, unit and name what goes wrong with it', () => {
  const table: [string, Measure, Symptom][] = [
    ['attempts', { kind: 'counter', unit: 'requests/min', bad: 'down', title: 'Attempts' }, 'drop'],
    ['succeeded', { kind: 'counter', unit: 'requests/min', bad: 'down', title: 'Succeeded' }, 'drop'],
    ['errors', { kind: 'counter', unit: 'requests/min', bad: 'up', title: 'Errors and time-outs' }, 'errors'],
    ['latency-p95', { kind: 'histogram', unit: 's', bad: 'up', title: 'Latency p95' }, 'latency'],
    ['latency-mean', { kind: 'ratio', unit: 's', bad: 'up', title: 'Mean latency' }, 'latency'],
    ['render', { kind: 'derived', unit: 'ms', bad: 'up', title: 'Time to render' }, 'latency'],
    ['success-rate', { kind: 'ratio', unit: 'ratio', bad: 'down', title: 'Success rate' }, 'errors'],
    ['error-rate', { kind: 'ratio', unit: 'ratio', bad: 'up', title: 'Share of failures' }, 'errors'],
    ['conversion', { kind: 'derived', unit: 'ratio', bad: 'down', title: 'Orders that are paid' }, 'drop'],
    ['utilisation', { kind: 'ratio', unit: 'ratio', bad: 'up', title: 'Utilisation of connections' }, 'saturation'],
    ['connections', { kind: 'gauge', unit: 'connections', bad: 'up', title: 'Connections in use' }, 'saturation'],
    ['waiting', { kind: 'gauge', unit: 'jobs', bad: 'up', title: 'Jobs that wait' }, 'saturation'],
    ['load-test-orders', { kind: 'counter', unit: 'orders/min', bad: 'both', title: 'Orders' }, 'drop'],
    ['load-test-orders', { kind: 'counter', unit: 'orders/min', bad: 'up', title: 'Load-test orders' }, 'any'],
    ['temperature', { kind: 'gauge', unit: '°C', bad: 'both', title: 'Temperature' }, 'any'],
    ['restarts', { kind: 'counter', unit: '1/min', bad: 'up', title: 'Restarts' }, 'any'],
  ]
  test.each(table)('%s', (id, measure, wanted) => {
    expect(symptomOfMeasure(id, measure)).toBe(wanted)
  })
})

describe('an alert says by its label, its name, then its measure', () => {
  const table: [string, Record<string, string>, Symptom, Symptom][] = [
    ['PaymentLatencyHigh', {}, 'any', 'latency'],
    ['HTTP5xxErrors', {}, 'any', 'errors'],
    ['payment_success_rate_low', {}, 'drop', 'errors'],
    ['ErrorBudgetBurn', {}, 'any', 'errors'],
    ['DatabaseConnectionsExhausted', {}, 'any', 'saturation'],
    ['DiskAlmostFull', {}, 'any', 'saturation'],
    ['PaymentsDropped', {}, 'any', 'drop'],
    ['InstanceDown', {}, 'any', 'drop'],
    ['ScrapeLost', {}, 'drop', 'any'],
    ['TargetDown', {}, 'drop', 'any'],
    ['LostScrape', {}, 'drop', 'any'],
    ['LowTraffic', {}, 'drop', 'low-traffic'],
    ['MarketplaceSourceDrop', {}, 'drop', 'source'],
    ['HostOutlier', {}, 'latency', 'outlier'],
    ['Watchdog', {}, 'latency', 'latency'],
    ['Watchdog', {}, 'any', 'any'],
    ['PaymentLatencyHigh', { symptom: 'errors' }, 'any', 'errors'],
    ['PaymentLatencyHigh', { symptom: 'nonsense' }, 'any', 'latency'],
  ]
  test.each(table)('%s %j of a measure of %s', (name, labels, ofMeasure, wanted) => {
    expect(symptomOfAlert({ name, labels }, ofMeasure)).toBe(wanted)
  })
})

test('one of many is asked how it differs, a store how full it is', () => {
  expect(['host', 'zone', 'database', 'source', 'service', 'team'].map(symptomOfKind)).toEqual([
    'outlier',
    'outlier',
    'saturation',
    'source',
    'any',
    'any',
  ])
})
