import { expect, test } from 'vitest'
import { runbookDocument } from '../document.ts'
import { checkTriggers } from './check-triggers.ts'

const params = { chain: { type: 'chain' }, limit: { type: 'number', default: 3 }, tags: { type: 'list', default: [] } }

function codesOf(trigger: object, name = 't'): string[] {
  return problemsOf({ [name]: trigger }).map(({ code, path }) => `${code} ${path.join('.')}`)
}

function problemsOf(triggers: object) {
  return checkTriggers(
    runbookDocument.parse({
      tenon: 1,
      name: 'a',
      title: 'A',
      params,
      triggers,
      nodes: { stop: { type: 'judge.conclude' } },
    }),
  )
}

const schedule = { kind: 'schedule', cron: '*/10 * * * *', params: { chain: 'card-payment' } }
const webhook = {
  kind: 'webhook',
  format: 'alertmanager',
  secret: 'alerts',
  params: { chain: '${event.labels.chain}' },
}
const named = { kind: 'event', event: 'deployed', params: { chain: '${event.payload.chain}' } }

test.each([
  schedule,
  { ...schedule, cron: undefined, every: '15m', jitter: '30s' },
  {
    ...schedule,
    cron: undefined,
    calendar: { at: ['09:30'], days: ['mon'], dates: [1, 15] },
    timeZone: 'Asia/Shanghai',
  },
  webhook,
  { ...webhook, when: 'event.status == "firing" && has(event.labels.chain)', key: 'event.fingerprint' },
  { ...webhook, format: 'github', when: 'event.name == "push"', params: { chain: '${event.body.repository.name}' } },
  { ...webhook, format: 'cloudevents', when: 'event.type.startsWith("dev.cdevents.")' },
  { ...webhook, format: 'generic', params: { chain: '${event.a.b}', tags: ['x', '${event.tag}'] } },
  { ...named, when: 'event.payload.environment == "production"' },
])('good %#', (trigger) => expect(codesOf(trigger)).toEqual([]))

test.each([
  [{ ...schedule, cron: undefined }, 'schedule-when triggers.t'],
  [{ ...schedule, every: '5m' }, 'schedule-when triggers.t'],
  [{ ...schedule, cron: '61 * * * *' }, 'schedule-cron triggers.t.cron'],
  [{ ...schedule, cron: '0 0 30 2 *' }, 'schedule-cron triggers.t.cron'],
  [{ ...schedule, cron: '* * * *' }, 'schedule-cron triggers.t.cron'],
  [{ ...schedule, timeZone: '+08:00' }, 'schedule-time-zone triggers.t.timeZone'],
  [{ ...schedule, timeZone: 'asia/shanghai' }, 'schedule-time-zone triggers.t.timeZone'],
  [{ ...schedule, cron: undefined, every: '1s' }, 'duration-range triggers.t.every'],
  [{ ...schedule, jitter: '2d' }, 'duration-range triggers.t.jitter'],
  [{ ...schedule, catchUp: '1s' }, 'duration-range triggers.t.catchUp'],
  [{ ...schedule, params: {} }, 'param-missing triggers.t.params'],
  [{ ...schedule, params: { chain: '${event.x}' } }, 'schedule-expression triggers.t.params.chain'],
  [{ ...schedule, params: { chain: 'c', limit: 'x' } }, 'param-type triggers.t.params.limit'],
  [{ ...schedule, params: { chain: 'c', nothing: 1 } }, 'param-unknown triggers.t.params.nothing'],
  [{ ...webhook, secret: '' }, 'trigger-secret triggers.t.secret'],
  [{ ...webhook, when: 'event.statuss == "firing"' }, 'expression-unknown-field triggers.t.when'],
  [{ ...webhook, when: 'event.status == "burning"' }, 'expression-type triggers.t.when'],
  [{ ...webhook, when: 'event.fingerprint' }, 'expression-type triggers.t.when'],
  [{ ...webhook, when: '${event.status}' }, 'expression-syntax triggers.t.when'],
  [{ ...webhook, key: 'event.labels' }, 'expression-type triggers.t.key'],
  [{ ...webhook, params: { chain: '${steps.a.output}' } }, 'expression-unknown-name triggers.t.params.chain'],
  [{ ...webhook, params: { chain: '${event.labels' } }, 'template-syntax triggers.t.params.chain'],
  [{ ...webhook, params: { chain: '${event.status == "firing"}' } }, 'param-type triggers.t.params.chain'],
  [{ ...webhook, params: { chain: 'c', limit: '${event.fingerprint}' } }, 'param-type triggers.t.params.limit'],
  [{ ...webhook, params: { chain: 'c', tags: '${event.status}' } }, 'param-type triggers.t.params.tags'],
  [{ ...named, when: 'event.fingerprint == "1"' }, 'expression-unknown-field triggers.t.when'],
])('bad %#: %s', (trigger, wanted) => expect(codesOf(trigger)).toEqual([wanted]))

test('the same schedule twice is said, not refused', () => {
  expect(problemsOf({ a: schedule, b: schedule })).toMatchObject([
    { code: 'trigger-duplicate', severity: 'warning', path: ['triggers', 'b'] },
  ])
})

test('too many triggers are refused before any is looked at', () => {
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, { ...schedule, cron: 'x' }]))
  expect(problemsOf(many).map(({ code }) => code)).toEqual(['too-many-triggers'])
})
