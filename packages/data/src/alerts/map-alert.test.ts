import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { modelFile } from '../model/model.ts'
import { mapAlert } from './map-alert.ts'

const model = modelFile.parse({
  tenonModel: 1,
  entities: [
    { id: 'payment', kind: 'service' },
    { id: 'pay-a-1', kind: 'host', attributes: { service: 'payment', zone: 'A' } },
    { id: 'payment-db', kind: 'database' },
    { id: 'zone-A', kind: 'zone', attributes: { zone: 'A' } },
  ],
  tables: {
    payment: {
      entity: 'payment',
      source: 's',
      measures: { succeeded: { title: 'Succeeded', kind: 'counter', unit: 'r/min', bad: 'down', select: 'ok' } },
    },
  },
})
const map = (labels: Record<string, string>, annotations: Record<string, string> = {}) =>
  mapAlert(model, { labels, annotations })

describe('the entity', () => {
  it.each<[Record<string, string>, string | null]>([
    [{ service: 'payment' }, 'payment'],
    [{ service: 'payment', host: 'pay-a-1', zone: 'A' }, 'pay-a-1'],
    [{ job: 'payment', instance: 'pay-a-1:9100' }, 'pay-a-1'],
    [{ zone: 'A', severity: 'critical' }, 'zone-A'],
    [{ db: 'payment-db', service: 'payment' }, 'payment-db'],
    [{ team: 'payment' }, 'payment'],
    [{ service: 'unknown' }, null],
    [{ zone: '' }, null],
    [{}, null],
  ])('of %j is %s', (labels, entity) => expect(map(labels).entity).toBe(entity))

  it('is what an annotation says, where the model has it', () => {
    expect(map({ service: 'payment' }, { tenon_entity: 'zone-A' }).entity).toBe('zone-A')
    expect(map({ service: 'payment' }, { tenon_entity: 'nobody' }).entity).toBe('payment')
  })

  it('is that of the measure, when nothing else says it', () => {
    const annotations = { tenon_measure: 'payment.succeeded' }
    expect(map({}, annotations)).toMatchObject({ entity: 'payment', measure: 'payment.succeeded' })
    expect(map({ host: 'pay-a-1' }, annotations)).toMatchObject({ entity: 'pay-a-1', measure: 'payment.succeeded' })
    expect(map({}, { tenon_measure: 'payment.nothing' })).toMatchObject({ entity: null, measure: null })
  })
})

it.each([
  ['critical', 'critical'],
  ['Page', 'critical'],
  ['P1', 'critical'],
  ['sev-0', 'critical'],
  ['warning', 'warning'],
  ['P2', 'warning'],
  ['', 'warning'],
  ['whatever', 'warning'],
  ['none', 'info'],
  ['P4', 'info'],
])('the severity %j is %s', (word, severity) => expect(map({ severity: word }).severity).toBe(severity))

it('labels may be anything', () => {
  const anything = fc.dictionary(
    fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'service')),
    fc.string(),
  )
  fc.assert(
    fc.property(anything, anything, (labels, annotations) => {
      const place = mapAlert(model, { labels, annotations })
      expect(place.name.length).toBeGreaterThanOrEqual(0)
      expect(['critical', 'warning', 'info']).toContain(place.severity)
    }),
  )
})
