import { modelFile } from '@tenon/data'
import type { AlertCounts } from '@tenon/db'
import { catalogue } from '@tenon/activities'
import { parseRunbook } from '@tenon/runbook'
import { expect, test } from 'vitest'
import type { Candidate } from '../diagnosis/choose-runbook.ts'
import { coverageRows } from './coverage-rows.ts'
import { goneReferences } from './gone-references.ts'

const model = modelFile.parse({
  tenonModel: 1,
  entities: [
    { id: 'gateway', kind: 'service' },
    { id: 'payment', kind: 'service', title: 'Payment', owner: 'payments' },
    { id: 'batch', kind: 'service' },
    { id: 'bare', kind: 'service' },
    { id: 'pay-a-1', kind: 'host' },
  ],
  tables: {
    requests: {
      each: 'service',
      source: 'metrics',
      dimensions: { service: 'service' },
      measures: {
        succeeded: { title: 'Succeeded', kind: 'counter', unit: 'requests/min', bad: 'down', select: 'ok' },
        'latency-p95': { title: 'Latency', kind: 'histogram', unit: 's', bad: 'up', select: 'seconds_bucket' },
      },
    },
  },
  chains: [{ id: 'card', title: 'Card payment', steps: ['gateway', 'payment'] }],
})

const candidate = (
  name: string,
  subjects: string[],
  symptoms: Candidate['diagnoses']['symptoms'],
  param: 'chain' | 'entity',
) => ({
  name,
  title: name,
  diagnoses: { subjects, symptoms },
  params: { it: { type: param } },
})
const drop = candidate('drop', ['chain'], ['drop'], 'chain')
const latency = candidate('latency', ['service'], ['latency'], 'entity')
const general = candidate('general', ['entity'], ['any'], 'entity')

const fired = (name: string, count: number, entity: string | null) => ({
  name,
  count,
  entity,
  measure: null,
  labels: {},
  newest: new Date('2026-03-01T10:00:00Z'),
})
const alerts: AlertCounts = {
  names: [fired('PaymentLatencyHigh', 7, 'payment'), fired('BatchLate', 3, 'batch'), fired('Watchdog', 90, null)],
  entities: new Map([
    ['payment', 7],
    ['batch', 3],
  ]),
}
const rowsOf = async (candidates: Candidate[]) =>
  (await coverageRows({ model, candidates, alerts, now: Date.parse('2026-03-02T00:00:00Z') })).map(
    ({ kind, id, state }) => `${kind} ${id}: ${state}`,
  )

test('without a runbook everything is a gap: chains and their services first, then what alerts most', async () => {
  expect(await rowsOf([])).toEqual([
    'chain card: none',
    'entity payment: none',
    'alert PaymentLatencyHigh: none',
    'entity gateway: none',
    'alert Watchdog: none',
    'entity batch: none',
    'alert BatchLate: none',
    'entity bare: none',
  ])
})

test('a general runbook leaves gaps of another kind, and special ones close what they are for', async () => {
  expect(await rowsOf([drop, latency, general])).toEqual([
    'alert Watchdog: none',
    'alert BatchLate: general',
    'chain card: partly',
    'entity batch: partly',
    'entity bare: partly',
    'entity payment: covered',
    'alert PaymentLatencyHigh: covered',
    'entity gateway: covered',
  ])
})

test('what a step names that the model has not is found; expressions and what exists are not', () => {
  const { document } = parseRunbook(`tenon: 1
name: old
title: Old
params:
  chain: { type: chain, default: gone-chain }
  entity: { type: entity, default: payment }
nodes:
  slow: { type: judge.anomaly, with: { measure: payment.latency-p95 } }
  lost: { type: judge.anomaly, title: Is it lost?, with: { measure: payment.gone } }
  given: { type: judge.anomaly, with: { measure: "\${params.entity}.latency-p95" } }
  source: { type: judge.business-dependency, with: { chain: card } }
  other: { type: judge.changes, with: { entity: nobody } }
  scale:
    type: act.scale
    with:
      entity: payment
      replicas: 3
      harm:
        - { measure: payment.latency-p95, maximum: 2 }
        - { measure: payment.lost, minimum: 0.98 }
`)
  expect(document && goneReferences(document, model, catalogue)).toEqual([
    { kind: 'chain', name: 'gone-chain', where: 'parameter chain' },
    { kind: 'measure', name: 'payment.gone', where: 'Is it lost?' },
    { kind: 'entity', name: 'nobody', where: 'Which change did it?' },
    { kind: 'measure', name: 'payment.lost', where: 'Scale' },
  ])
})
