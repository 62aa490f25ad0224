import { describe, expect, test } from 'vitest'
import { locateProblems, parseRunbook } from './parse-runbook.ts'
import { largestDocument, readYaml } from './yaml-text.ts'

const head = 'tenon: 1\nname: hello\ntitle: Hello\n'
const whole = (text: string): ReturnType<typeof parseRunbook> => parseRunbook(`${head}${text}`)
const codes = (text: string): string[] => whole(text).problems.map(({ code }) => code)

describe('reading', () => {
  test('YAML and JSON give the same document, with defaults filled in', () => {
    const fromYaml = whole('nodes:\n  a: { type: judge.loss }\n')
    const fromJson = parseRunbook('{"tenon":1,"name":"hello","title":"Hello","nodes":{"a":{"type":"judge.loss"}}}')
    expect(fromYaml).toEqual(fromJson)
    expect(fromYaml.document).toMatchObject({
      timeout: '1h',
      onFailure: 'revert',
      nodes: { a: { join: 'all', with: {} } },
    })
  })

  test('a step may be called like what every object has', () => {
    expect(whole('nodes: { constructor: { type: judge.loss } }').document?.nodes['constructor']?.type).toBe(
      'judge.loss',
    )
  })

  test.each([
    ['yaml-syntax', 'nodes: [a'],
    ['yaml-syntax', 'nodes: {}\n---\nnodes: {}'],
    ['yaml-duplicate-key', 'nodes: {}\nnodes: {}'],
    ['yaml-alias', 'nodes: &all {}\nlayout: *all'],
    ['yaml-key', 'nodes: { __proto__: { type: a.b } }'],
    ['yaml-key', 'nodes: { a: { type: a.b, with: { 1: one, "1": uno } } }'],
    ['yaml-key', 'nodes: { [a]: 1 }'],
    ['yaml-tag', 'nodes: { a: { type: a.b, with: { bytes: !!binary aGk= } } }'],
    ['yaml-tag', 'nodes: { a: { type: a.b, with: { on: !!timestamp 2026-01-01 } } }'],
    ['yaml-number', 'nodes: { a: { type: a.b, with: { limit: .inf } } }'],
    ['yaml-number', 'nodes: { a: { type: a.b, with: { id: 12345678901234567890 } } }'],
    ['yaml-character', 'nodes: { a: { type: a.b, with: { text: "a\\0" } } }'],
    ['yaml-character', 'nodes: { a: { type: a.b, with: { text: "\\uD800" } } }'],
    ['yaml-too-deep', `nodes: ${'{ a: '.repeat(70)}1${' }'.repeat(70)}`],
    ['yaml-too-deep', `nodes: ${'['.repeat(140)}${']'.repeat(140)}`],
    ['field-missing', 'params: {}'],
    ['field-unknown', 'nodes: {}\ncolour: red'],
    ['field-type', 'nodes: []'],
    ['field-type', 'nodes: {}\nparams: { limit: { type: number, default: {} } }'],
    ['field-value', 'nodes: {}\nonFailure: retry'],
    ['field-value', 'nodes: { a: { type: a.b, retry: { attempts: 11 } } }'],
    ['field-name', 'nodes: { Loss-1: { type: a.b } }'],
    ['field-format', 'nodes: {}\ntimeout: soon'],
  ])('%s: %s', (code, text) => {
    const { document, problems } = whole(text)
    expect(document).toBeNull()
    expect(problems.map((problem) => problem.code)).toContain(code)
    for (const problem of problems) {
      expect(problem.fix).not.toBe('')
      expect(problem.message).toMatch(/\.$/)
      expect(problem.position?.line).toBeGreaterThan(0)
    }
  })

  test('what is no document at all', () => {
    expect(parseRunbook('').problems).toMatchObject([{ code: 'field-type', path: [] }])
    expect(parseRunbook('hello').problems).toMatchObject([
      { code: 'field-type', message: 'The document must be an object with fields.' },
    ])
    expect(parseRunbook('%YAML 1.1\n---\ntenon: yes').problems).toMatchObject([{ code: 'yaml-version' }])
    expect(parseRunbook('#'.repeat(largestDocument + 1)).problems).toMatchObject([{ code: 'document-too-large' }])
    expect(parseRunbook('['.repeat(200_000)).problems).not.toEqual([])
  })

  test('the missing version is missing, not wrong', () => {
    expect(parseRunbook('name: a\ntitle: A\nnodes: {}').problems).toMatchObject([
      { code: 'field-missing', message: '"tenon" is missing.', fix: 'Add it: 1.' },
    ])
    expect(parseRunbook('tenon: 2\nname: a\ntitle: A\nnodes: {}').problems).toMatchObject([{ code: 'field-value' }])
  })
})

describe('unknown fields', () => {
  test.each([
    ['nodes: {}\ntimout: 5m', 'Did you mean "timeout"?'],
    ['nodes: { a: { typ: a.b, type: a.b } }', 'Did you mean "type"?'],
    ['nodes: { retry: { type: a.b, joim: any } }', 'Did you mean "join"?'],
    ['nodes: { a: { type: a.b, retry: { attemps: 2, attempts: 2 } } }', 'Did you mean "attempts"?'],
    ['nodes: {}\ntriggers: { t: { kind: schedule, cron: "0 * * * *", timezone: UTC } }', 'Did you mean "timeZone"?'],
    ['nodes: {}\nedges: [{ from: a, on: b, to: c, too: d }]', 'Did you mean "to"?'],
  ])('%s', (text, fix) => {
    expect(whole(text).problems).toContainEqual(expect.objectContaining({ code: 'field-unknown', fix }))
  })
})

describe('positions', () => {
  test('a wrong value is marked itself', () => {
    const [problem] = whole('nodes: {}\ntimeout: soon\n').problems
    expect(problem).toMatchObject({ path: ['timeout'], position: { line: 5, column: 10, endLine: 5, endColumn: 14 } })
  })

  test('a block is marked at its key, and what is missing at its parent', () => {
    const { problems } = whole('nodes:\n  a:\n    title: no type\n')
    expect(problems).toMatchObject([{ path: ['nodes', 'a', 'type'], position: { line: 5, column: 3, endColumn: 4 } }])
  })

  test('a repeated key is marked where it is repeated', () => {
    expect(whole('nodes: {}\nnodes: {}\n').problems[0]?.position).toMatchObject({ line: 5, column: 1 })
  })

  test('problems of a document get their place in the text; given ones stay', () => {
    const source = `${head}nodes:\n  a: { type: judge.los }\nedges:\n  - { from: a, on: x, to: b }\n`
    const problem = { code: 'x', severity: 'error' as const, message: 'x', fix: 'x' }
    const position = { line: 9, column: 9, endLine: 9, endColumn: 9 }
    const located = locateProblems(source, [
      { ...problem, path: ['nodes', 'a', 'type'] },
      { ...problem, path: ['edges', 0, 'to'] },
      { ...problem, path: ['edges', 7], position },
    ])
    expect(located.map((one) => one.position)).toMatchObject([
      { line: 5, column: 14 },
      { line: 7, column: 27 },
      position,
    ])
  })
})

test('key order of `on` and bare words stay text', () => {
  expect(readYaml('on: yes\noff: no').value).toEqual({ on: 'yes', off: 'no' })
  expect(codes('nodes: {}')).toEqual([])
})
