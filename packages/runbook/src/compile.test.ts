import { describe, expect, test } from 'vitest'
import { edgeOf, makeDocument, testCatalogue } from '../test/catalogue.ts'
import { canConnect } from './check-graph.ts'
import { compileDocument, compileRunbook } from './compile.ts'
import type { RunbookDocument } from './document.ts'
import { formatRunbook } from './format-runbook.ts'
import type { Plan } from './plan.ts'

const loss = { type: 'judge.loss', with: { chain: 'card' } }
const ask = { type: 'steer.approve', with: { question: 'Go?' } }
const go = { type: 'act.switch', with: { entity: 'pay' } }
const tell = { type: 'act.tell', with: { title: 'Hello ${params.who}' } }
const params = { who: { type: 'string', default: 'you', description: 'Who' } }

function planOf(document: RunbookDocument): Plan {
  const compiled = compileDocument(document, testCatalogue)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  return compiled.plan
}

const nodes = { loss, ask, go, tell, more: { type: 'steer.branch', with: { condition: true } } }
const arrows = ['loss -found-> ask', 'ask -approved-> tell', 'ask -approved-> go', 'ask -approved-> more']
const document = makeDocument(nodes, arrows, { params })

describe('the plan', () => {
  test('guards are the writes that approved leads to, in the order of the edges', () => {
    const steps = Object.fromEntries(planOf(document).steps.map((step) => [step.id, step]))
    expect(steps['ask']?.guards).toEqual(['tell', 'go'])
    expect(steps['loss']?.guards).toEqual([])
  })

  test('carries the runbooks that it excludes; without any, its hash is the one of before there were such', () => {
    const plain = planOf(document)
    expect(plain).not.toHaveProperty('excludes')
    expect(planOf({ ...document, excludes: [] }).hash).toBe(plain.hash)
    const excluding = planOf({ ...document, excludes: ['drill', 'cart-drop', 'drill'] })
    expect(excluding.excludes).toEqual(['cart-drop', 'drill'])
    expect(excluding.hash).not.toBe(plain.hash)
    // One that is not there is no error: it may be published later. Twice, or itself, is a warning.
    const compiled = compileDocument({ ...document, excludes: ['nobody', 'nobody', document.name] }, testCatalogue)
    expect(compiled.problems.filter(({ code }) => code === 'excludes')).toMatchObject([
      { severity: 'warning', path: ['excludes', 1] },
      { severity: 'warning', path: ['excludes', 2] },
    ])
    expect(compiled.ok).toBe(true)
  })

  test('node types give what a node leaves out', () => {
    const [step] = planOf(makeDocument({ loss })).steps
    expect(step).toMatchObject({
      type: 'judge.loss',
      version: 1,
      title: 'judge.loss',
      timeoutSeconds: 30,
      effect: 'read',
    })
    expect(step?.retry).toEqual({ attempts: 2, backoffSeconds: 1, nonRetryable: [] })
    const own = { ...loss, title: 'Mine', timeout: '2m', retry: { attempts: 3, backoff: '5s' }, type: 'judge.loss@1' }
    expect(planOf(makeDocument({ own })).steps[0]).toMatchObject({
      title: 'Mine',
      timeoutSeconds: 120,
      retry: { attempts: 3, backoffSeconds: 5 },
    })
    expect(planOf(makeDocument({ two: { type: 'judge.loss@2' } })).steps[0]?.version).toBe(2)
  })

  test('expressions, templates and literals are told apart', () => {
    const tags = ['a', '${params.who}']
    const [step] = planOf(
      makeDocument({ a: { type: 'judge.loss', with: { chain: '${params.who}', window: '$${x}', tags } } }, [], {
        params,
      }),
    ).steps
    expect(step?.input).toEqual({
      chain: { kind: 'expression', cel: 'params.who' },
      window: { kind: 'literal', value: '${x}' },
      tags: {
        kind: 'list',
        items: [
          { kind: 'literal', value: 'a' },
          { kind: 'expression', cel: 'params.who' },
        ],
      },
    })
  })
})

describe('the hash', () => {
  const { hash } = planOf(document)
  const reversed = Object.fromEntries(Object.entries(nodes).toReversed())

  test.each<[string, RunbookDocument]>([
    ['layout', { ...document, layout: { go: { x: 1, y: 1 } } }],
    ['description', { ...document, description: 'Why' }],
    [
      'a description of a parameter',
      makeDocument(nodes, arrows, { params: { who: { ...params.who, description: 'X', title: 'Y' } } }),
    ],
    ['the order of nodes', makeDocument(reversed, arrows, { params })],
    [
      'a schedule',
      makeDocument(nodes, arrows, { params, triggers: { nightly: { kind: 'schedule', cron: '0 * * * *' } } }),
    ],
  ])('does not depend on %s', (_what, other) => expect(planOf(other).hash).toBe(hash))

  test.each<[string, RunbookDocument]>([
    ['an input', makeDocument({ ...nodes, go: { ...go, with: { entity: 'db' } } }, arrows, { params })],
    ['an edge', makeDocument(nodes, arrows.slice(1), { params })],
    ['a default', makeDocument(nodes, arrows, { params: { who: { type: 'string', default: 'me' } } })],
    ['what happens on failure', { ...document, onFailure: 'keep' }],
    ['the timeout', { ...document, timeout: '2h' }],
  ])('depends on %s', (_what, other) => expect(planOf(other).hash).not.toBe(hash))

  test('is the same for text and for its document', () => {
    const compiled = compileRunbook(formatRunbook(document), testCatalogue)
    expect(compiled.ok && compiled.plan).toEqual(planOf(document))
  })
})

test('problems of text have their places; warnings do not stop it', () => {
  const source = 'tenon: 1\nname: a\ntitle: A\nnodes:\n  go: { type: act.switch, with: { entity: e } }\n'
  expect(compileRunbook(source, testCatalogue)).toMatchObject({
    ok: true,
    problems: [{ code: 'write-unapproved', position: { line: 5, column: 3 } }],
  })
  expect(compileRunbook(source.replace('act.switch', 'act.swich'), testCatalogue)).toMatchObject({
    ok: false,
    problems: [{ code: 'node-type-unknown', position: { line: 5, column: 15 } }],
  })
  expect(compileRunbook('[', testCatalogue)).toMatchObject({ ok: false, problems: [{ code: 'yaml-syntax' }] })
})

test('what would have made the compiler throw is a problem', () => {
  const text = (node: string): string => `tenon: 1\nname: a\ntitle: A\nnodes: { a: ${node} }\n`
  const refused = (node: string): boolean => !compileRunbook(text(node), testCatalogue).ok
  expect(refused('{ type: judge.loss, with: { chain: a, limit: .nan } }')).toBe(true)
  expect(refused('{ type: judge.loss, with: { chain: a }, retry: { attempts: 2, backoff: 99999999999s } }')).toBe(true)
})

test('500 nodes in a row, each with an expression over the first, compile', () => {
  const ids = Array.from({ length: 500 }, (_, index) => `n${index}`)
  const many = Object.fromEntries(
    ids.map((id, index) => [
      id,
      index === 0 ? loss : { type: 'judge.loss', with: { chain: '${steps.n0.output.step}' } },
    ]),
  )
  const row = ids.slice(1).map((id, index) => `n${index} -found-> ${id}`)
  expect(planOf(makeDocument(many, row)).steps).toHaveLength(500)
})

describe('canConnect', () => {
  const given = makeDocument({ a: loss, b: loss, c: loss, x: { type: 'no.type' } }, ['a -found-> b', 'b -always-> c'])
  const reasonOf = (arrow: string): string | null => {
    const answer = canConnect(given, testCatalogue, edgeOf(arrow))
    return answer.ok ? null : answer.reason
  }

  test.each(['a -found-> c', 'a -none-> b', 'a -error-> c', 'b -error-> c', 'a -always-> b', 'x -whatever-> a'])(
    '%s may be',
    (arrow) => expect(reasonOf(arrow)).toBeNull(),
  )

  test.each([
    ['a -found-> b', 'They are connected already.'],
    ['a -found-> a', '"a" leads to itself.'],
    ['c -found-> a', '"a" runs before "c": the steps would run in a circle.'],
    ['a -maybe-> c', '"a" never ends as "maybe".'],
    ['z -found-> c', 'There is no step "z".'],
    ['a -found-> z', 'There is no step "z".'],
    ['b -found-> c', '"b" leads to "c" whatever its outcome already.'],
  ])('%s may not', (arrow, reason) => expect(reasonOf(arrow)).toBe(reason))
})
