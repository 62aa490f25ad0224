import { expect, test } from 'vitest'
import { mostEvents, type IncomingRequest, type ParsedEvents } from './incoming-event.ts'
import { webhookFormats } from './webhook-formats.ts'

const request = (body: unknown, headers: Record<string, string> = {}): IncomingRequest => ({
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

const alert = (more: object = {}) => ({
  status: 'firing',
  labels: { alertname: 'PaymentDrop', chain: 'card-payment' },
  annotations: { summary: 'down' },
  startsAt: '2026-11-01T10:00:00Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://vm/1',
  fingerprint: 'f1',
  ...more,
})
const notification = (alerts: unknown[]) => ({
  version: '4',
  groupKey: '{}:{alertname="PaymentDrop"}',
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'tenon',
  groupLabels: { alertname: 'PaymentDrop' },
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'http://am',
  alerts,
})

function events(parsed: ParsedEvents) {
  if (!parsed.ok) throw new Error(parsed.problem.message)
  return parsed.events
}

test('Alertmanager: an event an alert, the same while nothing changes', () => {
  const { parse } = webhookFormats.alertmanager
  const [first, second] = events(parse(request(notification([alert(), alert({ fingerprint: 'f2' })]))))
  expect(first?.event).toMatchObject({
    status: 'firing',
    labels: { chain: 'card-payment' },
    endsAt: null,
    groupKey: '{}:{alertname="PaymentDrop"}',
    receiver: 'tenon',
  })
  expect(first?.id).not.toBe(second?.id)
  const idOf = (more: object) => events(parse(request(notification([alert(more)]))))[0]?.id
  expect(idOf({ annotations: { summary: 'still down' } })).toBe(first?.id)
  expect(idOf({ status: 'resolved', endsAt: '2026-11-01T11:00:00Z' })).not.toBe(first?.id)
  expect(idOf({ startsAt: '2026-11-01T12:00:00Z' })).not.toBe(first?.id)
})

const cloudEvent = { specversion: '1.0', id: 'e1', source: '/ci', type: 'com.example.deployed', data: { version: '2' } }

test('CloudEvents: structured, batched and binary say the same', () => {
  const { parse } = webhookFormats.cloudevents
  const [structured] = events(
    parse(request(cloudEvent, { 'content-type': 'application/cloudevents+json; charset=utf-8' })),
  )
  expect(structured).toEqual({
    id: '/ci e1',
    event: { ...cloudEvent, subject: null, time: null, datacontenttype: null, dataschema: null, cdevent: null },
  })
  const batch = events(
    parse(request([cloudEvent, { ...cloudEvent, id: 'e2' }], { 'content-type': 'application/cloudevents-batch+json' })),
  )
  expect(batch.map(({ id }) => id)).toEqual(['/ci e1', '/ci e2'])
  const [binary] = events(
    parse(
      request(cloudEvent.data, {
        'ce-specversion': '1.0',
        'ce-id': 'e1',
        'ce-source': '/ci',
        'ce-type': 'com.example.deployed',
        'ce-team': 'z%C3%BCrich',
      }),
    ),
  )
  expect(binary).toEqual({
    ...structured,
    event: { ...structured?.event, datacontenttype: 'application/json', team: 'zürich' },
  })
})

test('CloudEvents in binary mode whose data is no JSON are text', () => {
  const headers = {
    'content-type': 'text/plain',
    'ce-specversion': '1.0',
    'ce-id': 'e1',
    'ce-source': '/ci',
    'ce-type': 't',
  }
  expect(events(webhookFormats.cloudevents.parse(request('hello', headers)))[0]?.event['data']).toBe('hello')
})

test('CDEvents say what happened to what', () => {
  const event = {
    ...cloudEvent,
    type: 'dev.cdevents.service.deployed.0.2.0',
    data: { subject: { id: 'trade', content: { environment: { id: 'production' } } } },
  }
  const [parsed] = events(
    webhookFormats.cloudevents.parse(request(event, { 'content-type': 'application/cloudevents+json' })),
  )
  expect(parsed?.event['cdevent']).toEqual({
    subject: 'service',
    predicate: 'deployed',
    version: '0.2.0',
    subjectId: 'trade',
    content: { environment: { id: 'production' } },
  })
})

test('GitHub: the delivery is the id, and a ping is nothing to run for', () => {
  const { parse } = webhookFormats.github
  const [push] = events(
    parse(request({ ref: 'refs/heads/main' }, { 'x-github-event': 'push', 'x-github-delivery': 'd1' })),
  )
  expect(push).toEqual({
    id: 'd1',
    event: { name: 'push', delivery: 'd1', action: null, body: { ref: 'refs/heads/main' } },
  })
  const [ping] = events(parse(request({ zen: '.' }, { 'x-github-event': 'ping', 'x-github-delivery': 'd2' })))
  expect(ping?.ignored).toMatch(/listens/)
})

test('generic: the header, or the field id, or nothing', () => {
  const { parse } = webhookFormats.generic
  const idOf = (body: object, headers = {}) => events(parse(request(body, headers)))[0]?.id
  expect(idOf({ id: 7 })).toBe('7')
  expect(idOf({ id: 'a' }, { 'x-tenon-delivery': 'd' })).toBe('d')
  expect(idOf({ chain: 'x' })).toBe(null)
})

const cloudHeaders = { 'content-type': 'application/cloudevents+json' }
const githubHeaders = { 'x-github-event': 'push', 'x-github-delivery': 'd1' }

test.each([
  ['alertmanager', request('{'), 'bad-json', ''],
  ['alertmanager', request('[]'), 'bad-event', ''],
  ['alertmanager', request({ ...notification([alert()]), version: '3' }), 'bad-event', 'version'],
  ['alertmanager', request(notification([])), 'bad-event', 'alerts'],
  ['alertmanager', request(notification([alert(), alert({ labels: 1 })])), 'bad-event', 'alerts.1.labels'],
  [
    'alertmanager',
    request(notification(Array.from({ length: mostEvents + 1 }, () => alert()))),
    'too-many-events',
    'alerts',
  ],
  ['cloudevents', request(cloudEvent), 'bad-event', 'content-type'],
  ['cloudevents', request({ ...cloudEvent, id: '' }, cloudHeaders), 'bad-event', 'id'],
  ['cloudevents', request({ ...cloudEvent, specversion: '0.3' }, cloudHeaders), 'bad-event', 'specversion'],
  ['cloudevents', request({}, { 'content-type': 'application/cloudevents-batch+json' }), 'bad-event', ''],
  ['cloudevents', request({}, { 'ce-specversion': '1.0', 'ce-id': '%zz' }), 'bad-event', 'ce-id'],
  ['github', request({}), 'bad-event', 'x-github-event'],
  [
    'github',
    request('payload=%7B%7D', { ...githubHeaders, 'content-type': 'application/x-www-form-urlencoded' }),
    'bad-event',
    'content-type',
  ],
  ['generic', request('"text"'), 'bad-event', ''],
  ['generic', request(`{"a":${'['.repeat(100)}${']'.repeat(100)}}`), 'nested-too-deep', ''],
] as const)('%s refuses %#', (format, given, code, place) => {
  expect(webhookFormats[format].parse(given)).toMatchObject({ ok: false, problem: { code, place } })
})

test('brackets in texts are no nesting, and a hostile key stays a key', () => {
  const [event] = events(webhookFormats.generic.parse(request(`{"a":"${'['.repeat(200)}","__proto__":{"id":"x"}}`)))
  expect(event?.id).toBe(null)
  expect(Object.keys(event?.event ?? {})).toEqual(['a', '__proto__'])
})
