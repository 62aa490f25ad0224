import { expect, test } from 'vitest'
import { makeDocument } from '../../test/catalogue.ts'
import { referencesIn, renameReferences } from './references.ts'
import { renameParameter, renameSteps } from './rename-steps.ts'

test.each([
  ['${steps.a.output.x}', '${steps.b.output.x}'],
  ['a ${ steps.a.outcome == "x" } and ${steps.ab.outcome}', 'a ${ steps.b.outcome == "x" } and ${steps.ab.outcome}'],
  ['${"steps.a" + {"k": steps.a.outcome}.k}', '${"steps.a" + {"k": steps.b.outcome}.k}'],
  ['${my.steps.a}', '${my.steps.a}'],
  ['steps.a outside, and $${steps.a} as text', 'steps.a outside, and $${steps.a} as text'],
  ['${steps.a', '${steps.a'],
  ['${loops.a.index}', '${loops.b.index}'],
])('%s becomes %s', (text, renamed) => {
  expect(renameReferences(text, ['steps', 'loops'], new Map([['a', 'b']]))).toBe(renamed)
})

test('names are exchanged in one pass', () => {
  const names = new Map([
    ['a', 'b'],
    ['b', 'a'],
  ])
  expect(renameReferences('${steps.a.x + steps.b.x}', ['steps'], names)).toBe('${steps.b.x + steps.a.x}')
})

test('references are found however deep they are', () => {
  const value = { a: ['${params.p}', { b: 'x ${steps.s.output.y} "${loops.l.index}"' }], c: '${"steps.no"}' }
  expect([...referencesIn(value)]).toEqual(['params.p', 'steps.s', 'loops.l'])
})

test('a renamed step is followed by loops, edges, tests, positions and expressions; keys keep their order', () => {
  const document = makeDocument(
    {
      a: { type: 'steer.each' },
      x: { type: 'act.tell', in: 'a', with: { title: '${loops.a.index}' } },
      y: { type: 'act.tell' },
    },
    ['a -done-> y'],
    {
      layout: { a: { x: 1, y: 1 } },
      tests: {
        t: {
          at: '2026-01-01T00:00:00Z',
          steps: { a: 1 },
          expect: { path: ['a', 'y'], outcomes: { a: 'done' }, actions: [{ step: 'a' }] },
        },
      },
    },
  )
  const renamed = renameSteps(document, new Map([['a', 'b']]))
  expect(JSON.stringify(renamed)).toBe(JSON.stringify(document).replaceAll('"a"', '"b"').replace('loops.a', 'loops.b'))
})

test('a renamed parameter is followed by triggers, tests and expressions', () => {
  const document = makeDocument({ a: { type: 'judge.loss', with: { chain: '${params.p}' } } }, [], {
    params: { p: { type: 'chain' } },
    triggers: { t: { kind: 'event', event: 'e', params: { p: 'card' } } },
    concurrency: { key: '${params.p}', policy: 'join' },
  })
  const renamed = renameParameter(document, 'p', 'q')
  expect(JSON.stringify(renamed)).toBe(
    JSON.stringify(document).replaceAll('"p"', '"q"').replaceAll('params.p', 'params.q'),
  )
})
