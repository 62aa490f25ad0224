import fc from 'fast-check'
import { expect, test } from 'vitest'
import { edgeOf, makeDocument } from '../../test/catalogue.ts'
import { randomDocument, randomEdits } from '../../test/random-document.ts'
import type { RunbookDocument } from '../document.ts'
import { applyDiff } from './apply-diff.ts'
import { describeChanges, describeDiff } from './describe-diff.ts'
import { countChanges, diffRunbooks, edgeKey } from './diff-runbooks.ts'

/** What a document means: without layout and without the order of things. */
function meaning({ edges, ...rest }: RunbookDocument): unknown {
  return { ...rest, layout: null, edges: edges.map(edgeKey).toSorted() }
}

const base = makeDocument(
  {
    source: { type: 'judge.loss', with: { chain: 'card', window: '15m', opts: { deep: true, tags: ['a'] } } },
    tell: { type: 'act.tell', with: { title: 'Lost ${steps.source.output.lost}' } },
  },
  ['source -found-> tell'],
  { params: { chain: { type: 'chain' } }, layout: { source: { x: 0, y: 0 } } },
)
const change = (to: Partial<RunbookDocument>): string[] => describeDiff(diffRunbooks(base, { ...base, ...to }))

test('a runbook does not differ from itself, nor from one that is laid out and ordered otherwise', () => {
  fc.assert(
    fc.property(randomDocument, (one) => {
      const turned = {
        ...one,
        layout: { a: { x: 1, y: 1 } },
        edges: one.edges.toReversed(),
        nodes: Object.fromEntries(Object.entries(one.nodes).toReversed()),
      }
      expect(countChanges(diffRunbooks(one, one))).toBe(0)
      expect(diffRunbooks(one, turned)).toEqual(diffRunbooks(one, one))
    }),
  )
})

test('making the listed changes gives the other runbook', () => {
  let differed = 0
  fc.assert(
    fc.property(randomDocument, randomEdits, (one, edits) => {
      const other = edits(one)
      const diff = diffRunbooks(one, other)
      if (countChanges(diff) > 0) differed += 1
      expect(meaning(applyDiff(one, diff))).toEqual(meaning(other))
    }),
    { numRuns: 500 },
  )
  expect(differed).toBeGreaterThan(200)
})

test('also between runbooks that have little to do with each other', () => {
  fc.assert(
    fc.property(randomDocument, randomDocument, (one, other) => {
      expect(meaning(applyDiff(one, diffRunbooks(one, other)))).toEqual(meaning(other))
    }),
    { numRuns: 500 },
  )
})

test('each change is named where it is', () => {
  const { source } = base.nodes
  expect(
    change({
      timeout: '2h',
      params: {},
      nodes: {
        source: {
          ...source!,
          with: { ...source!.with, window: '30m', opts: { deep: false, tags: ['a', 'b'] } },
          retry: { attempts: 3, backoff: '1s', nonRetryable: [] },
          join: 'any',
        },
        loss: { type: 'judge.loss', with: {}, join: 'all' },
      },
      edges: [edgeOf('source -none-> loss')],
    }),
  ).toEqual([
    'timeout 1h → 2h',
    'parameter chain removed (chain)',
    'source: window 15m → 30m',
    'source: opts.deep true → false',
    'source: opts.tags ["a"] → ["a","b"]',
    'source: join all → any',
    'source: retry set to {"attempts":3,"backoff":"1s","nonRetryable":[]}',
    'step tell removed (act.tell)',
    'step loss added (judge.loss)',
    'source none → loss connected',
    'source found → tell disconnected',
  ])
})

test('a renamed step is one change, with its edges, references and what else changed of it', () => {
  const { tell, source } = base.nodes
  const nodes = {
    origin: source!,
    announce: { ...tell!, title: 'Tell all', with: { title: 'Lost ${steps.origin.output.lost}' } },
  }
  expect(change({ nodes, edges: [edgeOf('origin -found-> announce')] })).toEqual([
    'step source renamed to origin',
    'step tell renamed to announce',
    'announce: title set to Tell all',
  ])
})

test('a step with the same inputs at another place is another step', () => {
  const { tell, ...rest } = base.nodes
  const lines = change({ nodes: { ...rest, tell_late: tell! }, edges: [edgeOf('source -error-> tell_late')] })
  expect(lines.slice(0, 2)).toEqual(['step tell removed (act.tell)', 'step tell_late added (act.tell)'])
})

test('of equal steps the neighbours say which one was renamed', () => {
  const twin = (...names: [string, string]) =>
    makeDocument(
      {
        a: { type: 'judge.loss' },
        z: { type: 'judge.loss' },
        [names[0]]: { type: 'act.tell' },
        [names[1]]: { type: 'act.tell' },
      },
      [`a -found-> ${names[0]}`, `z -found-> ${names[1]}`],
    )
  expect(diffRunbooks(twin('p', 'q'), twin('s', 't')).renamed).toEqual([
    { from: 'p', to: 's' },
    { from: 'q', to: 't' },
  ])
  expect(diffRunbooks(twin('p', 'q'), twin('t', 's')).renamed).toEqual([
    { from: 'p', to: 't' },
    { from: 'q', to: 's' },
  ])
})

test('what changed of one step is told without its name', () => {
  const { source } = base.nodes
  expect(describeChanges(source, { ...source, timeout: '5m', with: {} })).toEqual([
    'chain card removed',
    'window 15m removed',
    'opts {"deep":true,"tags":["a"]} removed',
    'timeout set to 5m',
  ])
})
