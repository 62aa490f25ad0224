import { expect, test } from 'vitest'
import { alertOfRun } from './alert-of-run.ts'

const stored = { id: 'a1', name: 'PaymentsLow', startsAt: '2026-11-21T14:07:00.000Z' }
const db = { alerts: { get: async (id: string) => (id === stored.id ? stored : null) } } as never
const of = (payload: unknown, params: Record<string, unknown> = {}) => alertOfRun({ db }, { payload, params })

test('the alert that was diagnosed, or that a parameter names', async () => {
  const found = { label: 'PaymentsLow', at: stored.startsAt }
  expect(await of({ diagnosis: { subject: { kind: 'alert', id: 'a1' }, symptom: 'drop' } })).toEqual(found)
  expect(await of(null, { alert: 'a1' })).toEqual(found)
})

test('the first of those that came in', async () => {
  const alert = (name: string, startsAt: string) => ({ labels: { alertname: name }, startsAt, status: 'firing' })
  const payload = {
    version: '4',
    alerts: [alert('b', '2026-11-21T14:08:00Z'), alert('a', '2026-11-21T15:05:00+01:00')],
  }
  expect(await of(payload)).toEqual({ label: 'a', at: '2026-11-21T14:05:00.000Z' })
})

test.each([
  [null],
  ['text'],
  [{ alerts: [] }],
  [{ alerts: [{ labels: {}, startsAt: 'soon' }] }],
  [{ diagnosis: { subject: { kind: 'chain', id: 'card-payment' } } }],
  [{ diagnosis: { subject: { kind: 'alert', id: 'gone' } } }],
])('%j is about none', async (payload) => {
  expect(await of(payload, { alert: 3 })).toBeNull()
})
