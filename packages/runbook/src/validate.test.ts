import { describe, expect, test } from 'vitest'
import { makeDocument, testCatalogue } from '../test/catalogue.ts'
import { mostNodes, type Problem } from './document.ts'
import { validateRunbook } from './validate.ts'

type Nodes = Parameters<typeof makeDocument>[0]
const loss = { type: 'judge.loss', with: { chain: 'card' } }
const ask = { type: 'steer.approve', with: { question: 'Go?' } }
const tell = (title: string): Nodes[string] => ({ type: 'act.tell', with: { title } })

function check(nodes: Nodes, arrows: string[] = [], fields: object = {}): Problem[] {
  return validateRunbook(makeDocument(nodes, arrows, fields), testCatalogue)
}
const brief = (problems: Problem[]): string[] => problems.map(({ code, path }) => `${code} ${path.join('.')}`)

test('a good runbook has no problems', () => {
  const nodes = {
    loss,
    worse: { type: 'steer.branch', with: { condition: '${steps.loss.output.lost > params.limit}' } },
    ask: { type: 'steer.approve', with: { question: 'Switch ${steps.loss.output.step}?' } },
    go: { type: 'act.switch', with: { entity: '${steps.loss.output.step}' } },
    tell: { ...tell('${steps.go.outcome}'), join: 'any' },
  }
  const arrows = [
    'loss -found-> worse',
    'worse -yes-> ask',
    'worse -no-> tell',
    'ask -approved-> go',
    'go -always-> tell',
  ]
  expect(check(nodes, arrows, { params: { limit: { type: 'number', default: 3 } } })).toEqual([])
})

describe('inputs', () => {
  test.each<[string, Nodes[string], string | RegExp]>([
    ['node-type-unknown nodes.a.type', { type: 'judge.los' }, 'Did you mean "judge.loss"?'],
    ['node-type-unknown nodes.a.type', { type: 'loss' }, /judge\.loss/],
    ['node-version-unknown nodes.a.type', { type: 'judge.loss@3' }, 'Use judge.loss or judge.loss@2.'],
    ['input-missing nodes.a.with.chain', { type: 'judge.loss' }, /text/],
    [
      'input-unknown nodes.a.with.windw',
      { type: 'judge.loss', with: { chain: 'c', windw: '1h' } },
      'Did you mean "window"?',
    ],
    ['input-type nodes.a.with.chain', { type: 'judge.loss', with: { chain: 3 } }, /text/],
    ['input-type nodes.a.with.tags.1', { type: 'judge.loss', with: { chain: 'c', tags: ['a', 1] } }, /text/],
    ['input-value nodes.a.with.limit', { type: 'judge.loss', with: { chain: 'c', limit: 101 } }, /at most 100/],
    ['input-value nodes.a.with.mode', { type: 'judge.loss', with: { chain: 'c', mode: 'slow' } }, /"fast"/],
    ['input-value nodes.a.with.chain', { type: 'judge.loss', with: { chain: '' } }, 'Fill it in.'],
    ['input-type nodes.a.with.limit', { type: 'judge.loss', with: { chain: 'c', limit: '${params.name}' } }, /convert/],
    [
      'input-type nodes.a.with.limit',
      { type: 'judge.loss', with: { chain: 'c', limit: 'about ${params.limit}' } },
      /convert/,
    ],
    ['input-type nodes.a.with.limit', { type: 'judge.loss', with: { chain: 'c', limit: '$${3}' } }, /convert/],
    ['template-syntax nodes.a.with.chain', { type: 'judge.loss', with: { chain: 'a ${params.name' } }, /Close it/],
    ['template-syntax nodes.a.with.chain', { type: 'judge.loss', with: { chain: '${ }' } }, /Close it/],
    ['expression-syntax nodes.a.with.chain', { type: 'judge.loss', with: { chain: '${1 +}' } }, /Correct/],
    [
      'expression-unknown-name nodes.a.with.chain',
      { type: 'judge.loss', with: { chain: '${parms.name}' } },
      'Did you mean "params"?',
    ],
    [
      'expression-unknown-field nodes.a.with.chain',
      { type: 'judge.loss', with: { chain: '${params.nam}' } },
      'Did you mean "name"?',
    ],
    [
      'expression-unknown-field nodes.a.with.chain',
      { type: 'judge.loss', with: { chain: '${steps.nowhere.outcome}' } },
      /"a"/,
    ],
    [
      'expression-unknown-function nodes.a.with.chain',
      { type: 'judge.loss', with: { chain: '${upper(params.name)}' } },
      /functions/,
    ],
    ['expression-type nodes.a.with.chain', { type: 'judge.loss', with: { chain: '${params.name - 1}' } }, /Convert/],
    [
      'expression-type nodes.a.with.chain',
      { type: 'judge.loss', with: { chain: '${trigger.kind == "buton" ? "a" : "b"}' } },
      /Compare/,
    ],
    ['duration-range nodes.a.timeout', { ...loss, timeout: '0s' }, 'Use 1 s to 24 h.'],
    ['duration-range nodes.a.timeout', { ...loss, timeout: '99999999999s' }, 'Use 1 s to 24 h.'],
    ['duration-range nodes.a.retry.backoff', { ...loss, retry: { attempts: 2, backoff: '99999999999d' } }, /0 s to/],
    ['join-unused nodes.a.join', { ...loss, join: 'any' }, 'Remove it.'],
    ['retry-not-idempotent nodes.a.retry.attempts', { ...tell('x'), retry: { attempts: 2 } }, 'Set attempts to 1.'],
    ['write-unapproved nodes.a', { type: 'act.switch', with: { entity: 'e' } }, /Approve/],
  ])('%s', (expected, node, fix) => {
    const params = { name: { type: 'string' }, limit: { type: 'number' } }
    const problems = check({ a: node }, [], { params })
    expect(brief(problems)).toEqual([expected])
    expect(problems[0]?.fix).toMatch(fix)
  })
})

describe('the graph', () => {
  test.each<[string, string[], string | RegExp]>([
    ['edge-end-unknown edges.0.to', ['aa -found-> bbb'], /"bb"/],
    ['edge-end-unknown edges.0.from', ['x -found-> aa'], /"aa"/],
    ['edge-self edges.0.to', ['aa -found-> aa'], /retries/],
    ['edge-outcome-unknown edges.0.on', ['aa -fond-> bb'], 'Did you mean "found"?'],
    ['edge-duplicate edges.1', ['aa -found-> bb', 'aa -found-> bb'], /Remove/],
  ])('%s', (expected, arrows, fix) => {
    const problems = check({ aa: loss, bb: loss }, arrows)
    expect(brief(problems)).toEqual([expected])
    expect(problems[0]?.fix).toMatch(fix)
  })

  test('a circle is named in order and marked at the edge that closes it', () => {
    const arrows = ['start -found-> a', 'a -found-> b', 'b -found-> c', 'c -found-> a', 'c -none-> after']
    const problems = check({ start: loss, a: loss, b: loss, c: loss, after: loss }, arrows)
    expect(brief(problems)).toEqual(['cycle edges.3'])
    expect(problems[0]?.message).toContain('a → b → c → a')
  })

  test('no nodes, too many nodes, positions of nothing', () => {
    expect(brief(check({}))).toEqual(['empty nodes'])
    const many = Object.fromEntries(Array.from({ length: mostNodes + 1 }, (_, index) => [`n${index}`, loss]))
    expect(brief(check(many))).toEqual(['too-many-nodes nodes'])
    const problems = check({ a: loss }, [], { layout: { b: { x: 0, y: 0 } } })
    expect(problems).toMatchObject([{ code: 'layout-unknown', severity: 'warning', path: ['layout', 'b'] }])
  })
})

describe('references to other steps', () => {
  const fork = ['a -found-> b', 'a -none-> c', 'b -always-> c']

  test('a step that does not run before, and the step itself', () => {
    expect(brief(check({ a: loss, b: tell('${steps.a.output.step}') }))).toEqual([
      'reference-not-before nodes.b.with.title',
    ])
    const [itself] = check({ a: tell('${steps.a.outcome}') })
    expect(itself?.message).toBe('The step refers to itself.')
  })

  test('what may be skipped needs a guard', () => {
    const given = (title: string): string[] => brief(check({ a: loss, b: loss, c: tell(title) }, fork))
    expect(given('${steps.a.output.step}')).toEqual([])
    expect(given('${steps.b.outcome}')).toEqual([])
    const warned = ['reference-may-be-skipped nodes.c.with.title']
    expect(given('${steps.b.output.step}')).toEqual(warned)
    expect(given('${steps.b.error.message}')).toEqual(warned)
    expect(given('${has(steps.b.output) ? steps.b.output.step : "?"}')).toEqual([])
    expect(given('${steps.b.outcome == "found" ? steps.b.output.step : "?"}')).toEqual([])
  })

  test('behind an error edge there is an error and no output', () => {
    const given = (title: string): string[] => brief(check({ a: loss, b: tell(title) }, ['a -error-> b']))
    expect(given('${steps.a.error.message}')).toEqual([])
    expect(given('${steps.a.output.step}')).toEqual(['reference-may-be-skipped nodes.b.with.title'])
  })

  test('what people approve must be known when they are asked', () => {
    const go = (entity: string): Nodes[string] => ({ type: 'act.switch', with: { entity } })
    const late = ['reference-after-approval nodes.go.with.entity']
    const arrows = ['a -found-> ask', 'ask -approved-> go', 'b -found-> go']
    expect(brief(check({ a: loss, ask, go: go('${steps.ask.output.comment}') }, arrows.slice(0, 2)))).toEqual(late)
    expect(brief(check({ a: loss, b: loss, ask, go: go('${steps.b.output.step}') }, arrows))).toEqual([
      ...late,
      'write-unapproved nodes.go',
    ])
    expect(brief(check({ a: loss, ask, go: go('${steps.a.output.step}') }, arrows.slice(0, 2)))).toEqual([])
  })

  test('a step that writes nothing may use the decision', () => {
    const nodes = { ask, more: { type: 'steer.branch', with: { condition: '${steps.ask.output.comment != ""}' } } }
    expect(brief(check(nodes, ['ask -approved-> more']))).toEqual([])
  })

  test('an approval that nothing follows is unused', () => {
    const nodes = { ask, a: tell('A') }
    const warned = ['approve-unused nodes.ask']
    expect(brief(check({ ask }))).toEqual(warned)
    expect(brief(check(nodes, ['ask -rejected-> a']))).toEqual(warned)
    expect(brief(check(nodes, ['ask -approved-> a']))).toEqual([])
    expect(brief(check(nodes, ['ask -always-> a']))).toEqual([])
  })

  test('one way around the approval leaves a write unapproved', () => {
    const go = { type: 'act.switch', with: { entity: 'e' } }
    const warned = ['write-unapproved nodes.go']
    expect(brief(check({ ask, go }, ['ask -approved-> go']))).toEqual([])
    expect(brief(check({ ask, go }, ['ask -approved-> go', 'ask -expired-> go']))).toEqual(warned)
    expect(brief(check({ ask, a: loss, go }, ['ask -approved-> go', 'a -found-> go']))).toEqual(warned)
  })
})

describe('settings', () => {
  test.each<[string[], object]>([
    [['duration-range timeout'], { timeout: '0s' }],
    [['duration-range timeout'], { timeout: '8d' }],
    [['parameter-default params.p.default'], { params: { p: { type: 'number', default: 'x' } } }],
    [['parameter-default params.p.default'], { params: { p: { type: 'duration', default: 'soon' } } }],
  ])('%j', (expected, fields) => {
    expect(brief(check({ a: loss }, [], fields))).toEqual(expected)
  })
})
