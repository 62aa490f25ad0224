import { expect, test } from 'vitest'
import { type ActionEvent, eventText } from './event-words.ts'

const hash = `sha256:${'a'.repeat(64)}`

test.each<[ActionEvent['kind'], Record<string, unknown>, string]>([
  ['plan', { hash }, 'Planned, hash aaaaaaaaaaaa'],
  ['attempt', {}, 'Another process took it over'],
  ['attempt', { look: true }, 'A person had the target looked at once more'],
  ['apply', { answered: false, error: 'timeout' }, 'The target was called and gave no answer: timeout'],
  ['apply', { readBack: 'as found: nothing was changed' }, 'Read back: as found: nothing was changed'],
  [
    'apply',
    { said: 'not in effect', reason: 'undone by hand', found: 'a is 3, not 0' },
    'It is not in effect. The person said “not in effect”: undone by hand. The target: a is 3, not 0',
  ],
  ['verify', { rows: [{ pass: true }, { pass: false }] }, 'Watched: 1 of 2 as meant'],
  ['lease', { until: '2026-01-01T12:30:00.000Z' }, 'Reverts by itself at 12:30 UTC'],
  ['lease', { seconds: 1800 }, 'Renewed for 30 min'],
  [
    'lease',
    { until: null, found: 'only 1 of 3 parts changed', said: 'in effect', reason: 'the dashboard shows it' },
    'It is in effect. The person said “in effect”: the dashboard shows it. The target: only 1 of 3 parts changed',
  ],
  ['lease', { until: null, readBack: 'it reads as it was meant' }, 'It is in effect: it reads as it was meant'],
  ['revert', { look: true, reason: 'person' }, 'There is nothing to put back'],
  ['revert', { look: true, readBack: 'it reads as it was found' }, 'It is as found: it reads as it was found'],
  ['revert', { readBack: 'as found' }, 'Put back: as found'],
  ['harm', { verdict: 'harm', detail: 'rate is 0.9' }, 'A measure broke its bound: rate is 0.9'],
  ['harm', { verdict: 'no-data', detail: 'rate: no value' }, 'A bounded measure had no data: rate: no value'],
  ['unknown', { detail: 'half' }, 'What it did is not known: half'],
  ['unknown', { detail: 'half', look: true }, 'It is still not known: half'],
  ['refused', { message: 'Another action holds it.' }, 'Refused: Another action holds it.'],
])('%s %j', (kind, detail, text) => {
  expect(eventText({ kind, detail })).toBe(text)
})
