import { expect, test } from 'vitest'
import { makeDocument, testCatalogue } from '../../test/catalogue.ts'
import { checkTests } from './check-tests.ts'

const nodes = {
  loss: { type: 'judge.loss', with: { chain: 'card' } },
  bad: { type: 'steer.branch', with: { condition: true } },
  ask: { type: 'steer.approve', with: { question: 'Go?' } },
  switch: { type: 'act.switch', with: { entity: 'e' } },
}
const arrows = ['loss found bad', 'bad yes ask', 'ask approved switch'].map((text) =>
  text.replace(/ (\S+) /, ' -$1-> '),
)

function problems(test_: object, params: object = {}): string[] {
  const tests = { one: { at: '2026-03-01T10:00:00Z', ...test_ } }
  const document = makeDocument(nodes, arrows, { params, tests })
  return checkTests(document, testCatalogue).map(
    ({ severity, code, path }) => `${severity} ${code} ${path.slice(2).join('.')}`,
  )
}

const output = { step: 's', lost: 1, parts: [], bad: false }

test('a good test', () => {
  const steps = {
    loss: { outcome: 'found', output, verdict: 'abnormal' },
    ask: [{ outcome: 'approved', output: { by: 'ana' } }],
  }
  const expectations = { path: ['loss'], outcomes: { switch: 'skipped', bad: 'yes' }, actions: [{ step: 'switch' }] }
  expect(problems({ steps, expect: expectations })).toEqual([])
})

test.each([
  [{ steps: { los: { outcome: 'found' } } }, 'error test-step-unknown steps.los'],
  [{ steps: { loss: { outcome: 'lost' } } }, 'error test-outcome-unknown steps.loss.outcome'],
  [{ steps: { loss: [{ outcome: 'found' }, { outcome: 'lost' }] } }, 'error test-outcome-unknown steps.loss.1.outcome'],
  [{ steps: { loss: { output: 1 } } }, 'error test-answer steps.loss.outcome'],
  [{ steps: { loss: { error: { code: 'x' } } } }, 'error test-answer steps.loss.error.message'],
  [{ steps: { loss: { outcome: 'found', verdict: 'bad' } } }, 'error test-answer steps.loss.verdict'],
  [
    { steps: { loss: { outcome: 'found', output: { ...output, lost: 'x' } } } },
    'warning test-output steps.loss.output.lost',
  ],
  [{ steps: { bad: { outcome: 'yes' } } }, 'warning test-answer-unused steps.bad'],
  [{ expect: { status: 'succeeded', path: ['los'] } }, 'error test-step-unknown expect.path.0'],
  [{ expect: { outcomes: { loss: 'lost' } } }, 'error test-outcome-unknown expect.outcomes.loss'],
  [{ expect: { actions: [{ step: 'loss' }] } }, 'error test-action expect.actions.0.step'],
  [{ params: { chain: 'x' } }, 'error test-params params.chain'],
] as const)('%j: %s', (fields, problem) => {
  expect(problems({ expect: { status: 'succeeded' }, ...fields })).toEqual([problem])
})

test('a test that expects nothing', () => {
  expect(problems({ expect: {} })).toEqual(['warning test-expects-nothing expect'])
})

test('parameters with defaults need not be given, others do', () => {
  const given = { expect: { status: 'succeeded' } }
  expect(problems(given, { chain: { type: 'chain', default: 'card' } })).toEqual([])
  expect(problems(given, { chain: { type: 'chain' } })).toEqual(['error test-params params.chain'])
})

test('every problem says what to do', () => {
  const document = makeDocument(nodes, arrows, {
    tests: { one: { at: '2026-03-01T10:00:00Z', steps: { los: 1 }, expect: { outcomes: { loss: 'foun' } } } },
  })
  expect(checkTests(document, testCatalogue).map(({ fix }) => fix)).toEqual([
    'Did you mean "loss"?',
    'Did you mean "found"?',
  ])
})
