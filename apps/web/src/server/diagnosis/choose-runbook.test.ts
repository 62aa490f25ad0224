import type { Parameter } from '@tenon/runbook'
import { describe, expect, test } from 'vitest'
import { type Candidate, chooseRunbook } from './choose-runbook.ts'
import type { Subject } from './subject.ts'

const types: Record<string, Parameter['type']> = { chain: 'chain', entity: 'entity', alert: 'alert', measure: 'string' }

function candidate(
  name: string,
  subjects: string[],
  symptoms: Candidate['diagnoses']['symptoms'],
  params = ['entity'],
): Candidate {
  const declared = Object.fromEntries(params.map((each) => [each, { type: types[each] ?? 'string' } as Parameter]))
  return { name, title: name, diagnoses: { subjects, symptoms }, params: declared }
}

const runbooks: Candidate[] = [
  candidate('payment-drop', ['chain'], ['drop', 'any'], ['chain']),
  candidate('latency-rise', ['service', 'chain'], ['latency'], ['entity']),
  candidate('error-burst', ['service'], ['errors'], ['entity']),
  candidate('saturation', ['database', 'service'], ['saturation'], ['entity']),
  candidate('db-saturation', ['database'], ['saturation'], ['entity']),
  candidate('host-outlier', ['host'], ['outlier'], ['entity']),
  candidate('low-traffic', ['alert'], ['low-traffic'], ['alert']),
  candidate('general', ['entity'], ['any'], ['entity']),
]

const base: Subject = {
  kind: 'entity',
  id: 'x',
  title: 'X',
  chain: null,
  entity: null,
  alert: null,
  measure: null,
  zone: null,
  symptom: 'any',
  since: null,
  asOf: null,
  windowSeconds: null,
}
const chain = { id: 'card-payment', title: 'Card payment' }
const payment = { id: 'payment', title: 'Payment', kind: 'service' }
const database = { id: 'payment-db', title: 'Payment database', kind: 'database' }
const alert = { id: 'a1', title: 'PaymentSlow' }

describe('the most special runbook that can be given the subject is chosen', () => {
  const table: [string, Partial<Subject>, string][] = [
    ['a chain that fell', { kind: 'chain', chain, symptom: 'drop' }, 'payment-drop'],
    ['a chain with a symptom that has no runbook', { kind: 'chain', chain, symptom: 'errors' }, 'payment-drop'],
    [
      'a slow chain: the runbook for latency needs an entity',
      { kind: 'chain', chain, symptom: 'latency' },
      'payment-drop',
    ],
    ['a slow service', { entity: payment, symptom: 'latency' }, 'latency-rise'],
    ['errors of a service', { entity: payment, symptom: 'errors' }, 'error-burst'],
    ['a service of which nothing is said', { entity: payment, symptom: 'any' }, 'general'],
    ['a drop of a service that is in a chain', { entity: payment, chain, symptom: 'drop' }, 'payment-drop'],
    ['a drop of a service that is in none', { entity: payment, symptom: 'drop' }, 'general'],
    ['a full database: the runbook for less', { entity: database, symptom: 'saturation' }, 'db-saturation'],
    [
      'an alert with a runbook for alerts',
      { kind: 'alert', alert, entity: payment, symptom: 'low-traffic' },
      'low-traffic',
    ],
    ['an alert of a service', { kind: 'alert', alert, entity: payment, symptom: 'latency' }, 'latency-rise'],
    ['an alert of nothing known about a service', { kind: 'alert', alert, entity: payment }, 'general'],
  ]
  test.each(table)('%s', (_title, subject, wanted) => {
    const forwards = chooseRunbook({ ...base, ...subject }, runbooks)
    const backwards = chooseRunbook({ ...base, ...subject }, runbooks.toReversed())
    expect('runbook' in forwards ? forwards.runbook : forwards).toBe(wanted)
    expect(backwards).toEqual(forwards)
  })
})

test('equally fitting ones are chosen by name', () => {
  const two = [candidate('b', ['service'], ['errors']), candidate('a', ['service'], ['errors'])]
  expect(chooseRunbook({ ...base, entity: payment, symptom: 'errors' }, two)).toMatchObject({ runbook: 'a' })
})

test('it says why, and when only the general one fits', () => {
  expect(chooseRunbook({ ...base, title: 'Payment', entity: payment, symptom: 'latency' }, runbooks)).toMatchObject({
    why: 'latency of Payment: latency-rise',
    general: false,
  })
  expect(chooseRunbook({ ...base, title: 'Payment', entity: payment, symptom: 'drop' }, runbooks)).toMatchObject({
    why: 'drop of Payment: general, the general one, as no runbook is for this symptom',
    general: true,
  })
})

test('a runbook that cannot be given the subject is named with what it lacks', () => {
  const needy = candidate('needy', ['service'], ['errors'], ['entity', 'measure'])
  const declared = { ...needy, params: { ...needy.params, limit: { type: 'number' } as Parameter } }
  expect(chooseRunbook({ ...base, title: 'Payment', entity: payment, symptom: 'errors' }, [declared])).toEqual({
    wanted: 'errors of Payment',
    near: [
      {
        runbook: 'needy',
        title: 'needy',
        lacks: ['its parameter "measure" (string)', 'its parameter "limit" (number)'],
      },
    ],
  })
  expect(chooseRunbook({ ...base, chain, kind: 'chain' }, [])).toEqual({ wanted: 'X', near: [] })
})

test('a runbook that would look into something else is not chosen', () => {
  const fixed: Candidate = {
    ...candidate('fixed', ['service'], ['any'], []),
    params: { entity: { type: 'chain', default: 'card-payment' } },
  }
  expect(chooseRunbook({ ...base, entity: payment }, [fixed])).toMatchObject({
    near: [{ runbook: 'fixed', lacks: ['a parameter that takes an entity'] }],
  })
})

test('times and symptom fill the parameters of their names', () => {
  const all: Candidate = {
    ...candidate('all', ['service'], ['latency'], ['entity', 'measure']),
    params: {
      entity: { type: 'entity' },
      measure: { type: 'string', default: '' },
      symptom: { type: 'string', default: '' },
      since: { type: 'string', default: '' },
      window: { type: 'duration', default: '15m' },
      zone: { type: 'zone', default: 'none' },
      note: { type: 'string', default: 'kept' },
    },
  }
  const subject: Subject = {
    ...base,
    kind: 'measure',
    entity: payment,
    measure: 'payment.latency-p95',
    symptom: 'latency',
    since: '2026-03-01T10:00:00.000Z',
    windowSeconds: 630,
    zone: 'A',
  }
  expect(chooseRunbook(subject, [all])).toMatchObject({
    params: {
      entity: 'payment',
      measure: 'payment.latency-p95',
      symptom: 'latency',
      since: '2026-03-01T10:00:00.000Z',
      window: '11m',
      zone: 'A',
    },
  })
})
