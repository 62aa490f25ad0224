/** Random documents and random edits of them, as people make them: what stays is the most of it. */
import fc from 'fast-check'
import { type RunbookDocument, runbookDocument } from '../src/document.ts'
import { renameParameter, renameSteps } from '../src/edit/rename-steps.ts'

const pool = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const
const id = fc.constantFrom(...pool)
const text = fc.constantFrom(
  '',
  'x',
  'yes',
  '15m',
  'a: b',
  '# no',
  ' lead',
  'two\nlines\n',
  '${steps.a.output.lost}',
  "it's",
  '${params.a}',
)
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 2 },
    text,
    fc.integer({ min: -9, max: 99 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('one', 'two', 'a b', '1'), tie('any'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).any
const inputs = fc.dictionary(fc.constantFrom('chain', 'window', 'limit', 'deep'), value, {
  maxKeys: 3,
  noNullPrototype: true,
})
const duration = fc.constantFrom('30s', '15m', '1h', '2h')
const node = fc.record(
  {
    type: fc.constantFrom('judge.loss', 'judge.loss@2', 'act.tell', 'steer.branch'),
    title: fc.constantFrom('Loss', 'Tell'),
    with: inputs,
    join: fc.constantFrom('all', 'any', 'first', { atLeast: 2 }),
    startBy: duration,
    timeout: duration,
    retry: fc.constantFrom({ attempts: 3 }, { attempts: 2, backoff: '5s' }, { attempts: 2, nonRetryable: ['x'] }),
  },
  { requiredKeys: ['type'] },
)
const parameter = fc.constantFrom({ type: 'chain' }, { type: 'string', default: 'x' }, { type: 'number', title: 'N' })
const trigger = fc.constantFrom(
  { kind: 'schedule', cron: '0 * * * *' },
  { kind: 'schedule', every: '15m', params: { chain: 'card' } },
  { kind: 'event', event: 'deployed' },
)
const on = fc.constantFrom('found', 'none', 'always', 'error')
const place = fc.record({ x: fc.integer({ min: 0, max: 900 }), y: fc.integer({ min: 0, max: 900 }) })
const runbookTest = fc.record({
  at: fc.constant('2026-01-01T00:00:00Z'),
  steps: fc.dictionary(id, value, { maxKeys: 2, noNullPrototype: true }),
  expect: fc.record({ path: fc.array(id, { maxLength: 3 }) }),
})
const some = <T>(one: fc.Arbitrary<T>, maxKeys = 4): fc.Arbitrary<Record<string, T>> =>
  fc.dictionary(id, one, { maxKeys, noNullPrototype: true })

/** Valid in its form and its graph: edges lead forward between steps that are there. */
export const randomDocument: fc.Arbitrary<RunbookDocument> = fc
  .record({
    description: fc.constantFrom('', 'What it is for.', 'Two\nlines.\n'),
    params: some(parameter, 2),
    triggers: some(trigger, 2),
    timeout: duration,
    priority: fc.constantFrom('low', 'normal', 'high'),
    diagnoses: fc.constantFrom(
      undefined,
      { subjects: ['chain'], symptoms: ['drop'] },
      { subjects: ['service', 'host'], symptoms: ['any'] },
    ),
    nodes: some(node, 6),
    edges: fc.array(fc.record({ from: id, on, to: id }), { maxLength: 8 }),
    tests: some(runbookTest, 1),
    layout: some(place, 4),
  })
  .map(({ edges, layout, ...rest }) => {
    const drawn = runbookDocument.parse({ tenon: 1, name: 'test', title: 'Test', ...rest, edges, layout })
    return settled(drawn)
  })

/** One change as an author makes it. */
export type Edit = (document: RunbookDocument) => RunbookDocument

const onNode = (of: fc.Arbitrary<(node: RunbookDocument['nodes'][string]) => RunbookDocument['nodes'][string]>) =>
  fc.tuple(id, of).map(([at, change]): Edit => (document) => {
    const was = document.nodes[at]
    return was ? { ...document, nodes: { ...document.nodes, [at]: change(was) } } : document
  })

const edit: fc.Arbitrary<Edit> = fc.oneof(
  onNode(inputs.map((given) => (was) => ({ ...was, with: { ...was.with, ...given } }))),
  onNode(inputs.map((given) => (was) => ({ ...was, with: given }))),
  onNode(fc.constantFrom('One', 'Two').map((title) => (was) => ({ ...was, title }))),
  onNode(fc.constant(({ type, with: given, join }) => ({ type, with: given, join }))),
  onNode(node.map((fresh) => () => runbookDocument.shape.nodes.valueType.parse(fresh))),
  fc.tuple(id, node).map(([at, fresh]): Edit => (document) => ({
    ...document,
    nodes: { ...document.nodes, [at]: runbookDocument.shape.nodes.valueType.parse(fresh) },
  })),
  id.map((at): Edit => (document) => {
    const { [at]: _, ...nodes } = document.nodes
    return { ...document, nodes }
  }),
  fc.record({ from: id, on, to: id }).map((edge): Edit => (document) => ({
    ...document,
    edges: [...document.edges, edge],
  })),
  fc.nat(8).map((index): Edit => (document) => ({
    ...document,
    edges: document.edges.filter((_, at) => at !== index),
  })),
  fc.tuple(id, fc.constantFrom('p', 'q', 'r')).map(
    ([from, to]): Edit =>
      (document) =>
        from in document.nodes && !(to in document.nodes) ? renameSteps(document, new Map([[from, to]])) : document,
  ),
  fc.tuple(id, id).map(
    ([from, to]): Edit =>
      (document) =>
        renameParameter(document, from, to),
  ),
  fc.tuple(id, parameter).map(([at, fresh]): Edit => (document) => ({
    ...document,
    params: { ...document.params, [at]: runbookDocument.shape.params.parse({ [at]: fresh })[at]! },
  })),
  id.map((at): Edit => (document) => {
    const { [at]: _, ...triggers } = document.triggers
    return { ...document, triggers }
  }),
  fc.tuple(duration, fc.constantFrom('', 'Another.')).map(([timeout, description]): Edit => (document) => ({
    ...document,
    timeout,
    description,
  })),
  fc.constantFrom(undefined, { key: '', policy: 'queue' as const }).map((concurrency): Edit => (document) => {
    const { concurrency: _, ...rest } = document
    return concurrency ? { ...rest, concurrency } : rest
  }),
  fc.tuple(id, place).map(([at, to]): Edit => (document) => ({
    ...document,
    layout: { ...document.layout, [at]: to },
  })),
)

/** Some changes one after the other. */
export const randomEdits: fc.Arbitrary<Edit> = fc
  .array(edit, { maxLength: 6 })
  .map((edits) => (document) => settled(edits.reduce((now, one) => one(now), document)))

/** Without edges that lead nowhere, back, or twice the same way, and without positions of no step. */
function settled(document: RunbookDocument): RunbookDocument {
  const order = [...pool, 'p', 'q', 'r']
  const seen = new Set<string>()
  return {
    ...document,
    edges: document.edges.filter((edge) => {
      const key = `${edge.from} ${edge.on} ${edge.to}`
      const fits = edge.from in document.nodes && edge.to in document.nodes && !seen.has(key)
      seen.add(key)
      return fits && (order.indexOf(edge.from) < order.indexOf(edge.to) || 'pqr'.includes(edge.from + edge.to))
    }),
    layout: Object.fromEntries(Object.entries(document.layout).filter(([at]) => at in document.nodes)),
  }
}
