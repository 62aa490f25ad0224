import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeDocument } from '../../test/catalogue.ts'
import { randomDocument, randomEdits } from '../../test/random-document.ts'
import { describeDiff } from '../diff/describe-diff.ts'
import { diffRunbooks, edgeKey } from '../diff/diff-runbooks.ts'
import type { RunbookDocument } from '../document.ts'
import { buildGraph } from '../graph.ts'
import { conflictPlace } from './conflict.ts'
import { mergeRunbooks } from './merge-runbooks.ts'

function meaning({ edges, ...rest }: RunbookDocument): unknown {
  return { ...rest, layout: null, edges: edges.map(edgeKey).toSorted() }
}

/** No edge without its ends, no circle, no step in a loop that is gone. */
function isWhole({ nodes, edges }: RunbookDocument): boolean {
  return (
    edges.every(({ from, to }) => from in nodes && to in nodes) &&
    buildGraph({ nodes, edges }).cycle.length === 0 &&
    Object.values(nodes).every((node) => node.in === undefined || node.in in nodes)
  )
}

test('a side that changed nothing takes over the other', () => {
  fc.assert(
    fc.property(randomDocument, randomEdits, (base, edits) => {
      const changed = edits(base)
      expect(mergeRunbooks({ base, ours: changed, theirs: base })).toEqual({ merged: changed, conflicts: [] })
      const other = mergeRunbooks({ base, ours: base, theirs: changed })
      expect([meaning(other.merged), other.conflicts]).toEqual([meaning(changed), []])
      expect(mergeRunbooks({ base, ours: changed, theirs: changed })).toEqual({ merged: changed, conflicts: [] })
    }),
    { numRuns: 500 },
  )
})

test(
  'without conflicts it does not matter who is who, and the result is whole; with them, either choice is',
  { timeout: 60_000 },
  () => {
    const count = { merged: 0, conflicts: 0 }
    fc.assert(
      fc.property(randomDocument, randomEdits, randomEdits, (base, one, two) => {
        const [ours, theirs] = [one(base), two(base)]
        fc.pre([base, ours, theirs].every(isWhole))
        const merge = mergeRunbooks({ base, ours, theirs })
        const turned = mergeRunbooks({ base, ours: theirs, theirs: ours })
        expect(turned.conflicts.length).toBe(merge.conflicts.length)
        expect(isWhole(merge.merged)).toBe(true)
        const all = Object.fromEntries(merge.conflicts.map(({ key }) => [key, 'theirs' as const]))
        const chosen = mergeRunbooks({ base, ours, theirs }, all)
        expect(isWhole(chosen.merged)).toBe(true)
        expect(chosen.conflicts).toHaveLength(merge.conflicts.length)
        expect(meaning(chosen.merged)).toEqual(meaning(turned.merged))
        // What is neither side's choice is the same from both sides.
        count[merge.conflicts.length > 0 ? 'conflicts' : 'merged'] += 1
      }),
      { numRuns: 3000 },
    )
    expect(count.merged).toBeGreaterThan(200)
    expect(count.conflicts).toBeGreaterThan(50)
  },
)

const base = makeDocument(
  {
    source: { type: 'judge.loss', with: { chain: 'card', window: '15m' } },
    loss: { type: 'judge.loss', with: { chain: 'card' } },
    tell: { type: 'act.tell', with: { title: 'x' } },
  },
  ['source -found-> loss', 'loss -found-> tell'],
  { params: { chain: { type: 'chain' } } },
)
type Change = (document: RunbookDocument) => void
function edited(change: Change): RunbookDocument {
  const copy = structuredClone(base)
  change(copy)
  return copy
}
const merge = (ours: Change, theirs: Change, choices = {}) =>
  mergeRunbooks({ base, ours: edited(ours), theirs: edited(theirs) }, choices)
const removeStep =
  (id: string): Change =>
  (document) => {
    delete document.nodes[id]
    document.edges = document.edges.filter(({ from, to }) => from !== id && to !== id)
  }

test('different fields of one step, and different steps, are brought together', () => {
  const { merged, conflicts } = merge(
    (document) => {
      document.nodes['source']!.with['window'] = '30m'
      document.layout = { source: { x: 1, y: 1 } }
    },
    (document) => {
      document.nodes['source']!.with['chain'] = 'bank'
      document.nodes['tell']!.title = 'Tell'
      document.layout = { source: { x: 9, y: 9 }, loss: { x: 9, y: 9 } }
    },
  )
  expect(conflicts).toEqual([])
  expect(describeDiff(diffRunbooks(base, merged))).toEqual([
    'source: chain card → bank',
    'source: window 15m → 30m',
    'tell: title set to Tell',
  ])
  expect(merged.layout).toEqual({ source: { x: 1, y: 1 } })
})

test('one field changed in two ways is a conflict that keeps both values; the choice decides', () => {
  const [a, b]: Change[] = [
    (document) => (document.nodes['source']!.with['window'] = '30m'),
    (document) => (document.nodes['source']!.with['window'] = '1h'),
  ]
  const { merged, conflicts } = merge(a!, b!)
  expect(conflicts).toEqual([
    {
      key: 'nodes.source.with.window',
      kind: 'changed',
      path: ['nodes', 'source', 'with', 'window'],
      base: '15m',
      ours: '30m',
      theirs: '1h',
    },
  ])
  expect(conflictPlace(conflicts[0]!)).toBe('step source, window')
  expect(merged.nodes['source']?.with['window']).toBe('30m')
  const chosen = merge(a!, b!, { 'nodes.source.with.window': 'theirs' })
  expect(chosen.merged.nodes['source']?.with['window']).toBe('1h')
})

test('a step that one side removed and the other changed is a conflict; kept, it keeps its edges', () => {
  const change: Change = (document) => (document.nodes['loss']!.with['chain'] = 'bank')
  const { merged, conflicts } = merge(removeStep('loss'), change)
  expect(conflicts).toMatchObject([{ key: 'nodes.loss', kind: 'removed', ours: undefined }])
  expect(Object.keys(merged.nodes)).toEqual(['source', 'tell'])
  const kept = merge(removeStep('loss'), change, { 'nodes.loss': 'theirs' })
  expect(kept.merged.edges.map(edgeKey).toSorted()).toEqual(base.edges.map(edgeKey).toSorted())
})

test.each<[string, Change]>([
  ['an edge', (document) => document.edges.push({ from: 'source', on: 'error', to: 'loss' })],
  ['a reference', (document) => (document.nodes['tell']!.with['title'] = '${steps.loss.outcome}')],
  ['a step inside of it', (document) => (document.nodes['tell']!.in = 'loss')],
])('a removed step to which the other side joined %s is a conflict', (_what, change) => {
  expect(merge(removeStep('loss'), change).conflicts.map(conflictPlace)).toEqual(['step loss'])
  expect(merge(change, removeStep('loss')).conflicts.map(conflictPlace)).toEqual(['step loss'])
})

test('a removed parameter that the other side came to use is a conflict', () => {
  const { conflicts } = merge(
    (document) => (document.params = {}),
    (document) => (document.nodes['loss']!.with['chain'] = '${params.chain}'),
  )
  expect(conflicts.map(conflictPlace)).toEqual(['parameter chain'])
})

test('a step renamed here and changed there is one step; renamed in two ways it is a conflict', () => {
  const rename =
    (to: string): Change =>
    (document) => {
      document.nodes[to] = document.nodes['tell']!
      delete document.nodes['tell']
      document.edges[1]!.to = to
    }
  const change: Change = (document) => (document.nodes['tell']!.title = 'Tell')
  for (const { merged, conflicts } of [merge(rename('say'), change), merge(change, rename('say'))]) {
    expect(conflicts).toEqual([])
    expect(merged.nodes['say']).toMatchObject({ type: 'act.tell', title: 'Tell' })
    expect(merged.nodes['tell']).toBeUndefined()
  }
  const twice = merge(rename('say'), rename('shout'))
  expect(twice.conflicts).toMatchObject([{ kind: 'renamed', base: 'tell', ours: 'say', theirs: 'shout' }])
  expect(Object.keys(twice.merged.nodes)).toEqual(['source', 'loss', 'say'])
  const chosen = merge(rename('say'), rename('shout'), { [twice.conflicts[0]!.key]: 'theirs' })
  expect(Object.keys(chosen.merged.nodes)).toEqual(['source', 'loss', 'shout'])
  expect(merge(rename('say'), removeStep('tell')).conflicts.map(conflictPlace)).toEqual(['step say'])
})

test('edges of both that close a circle are a conflict', () => {
  const a: Change = (document) => document.edges.push({ from: 'tell', on: 'sent', to: 'source' })
  const b: Change = (document) => {
    document.edges = document.edges.filter(({ to }) => to !== 'loss')
    document.edges.push({ from: 'tell', on: 'sent', to: 'source' })
  }
  const free = makeDocument({ a: { type: 'act.tell' }, b: { type: 'act.tell' } })
  const ours = { ...free, edges: [{ from: 'a', on: 'sent', to: 'b' }] }
  const theirs = { ...free, edges: [{ from: 'b', on: 'sent', to: 'a' }] }
  const { merged, conflicts } = mergeRunbooks({ base: free, ours, theirs })
  expect(conflicts.map(conflictPlace)).toEqual(['connections that lead in a circle'])
  expect(merged.edges).toEqual(ours.edges)
  const chosen = mergeRunbooks({ base: free, ours, theirs }, { [conflicts[0]!.key]: 'theirs' })
  expect(chosen.merged.edges).toEqual(theirs.edges)
  // A circle that one side made by itself is that side's to mend, and no conflict.
  expect(merge(a, b).conflicts).toEqual([])
})

test('another type on one side and other inputs on the other are one conflict over the whole step', () => {
  const { conflicts } = merge(
    (document) => (document.nodes['loss'] = { type: 'judge.other', with: {}, join: 'all' }),
    (document) => (document.nodes['loss']!.with['window'] = '5m'),
  )
  expect(conflicts.map(conflictPlace)).toEqual(['step loss'])
})

test('what is chosen for a step that both sides renamed holds whichever name is chosen', () => {
  const rename =
    (to: string, retry?: number): Change =>
    (document) => {
      const { loss, ...others } = document.nodes
      const attempts = retry === undefined ? {} : { retry: { attempts: retry, backoff: '1s', nonRetryable: [] } }
      document.nodes = { ...others, [to]: { ...loss!, ...attempts } }
      document.edges = document.edges.map(({ from, on, to: end }) => ({
        from: from === 'loss' ? to : from,
        on,
        to: end === 'loss' ? to : end,
      }))
    }
  const { conflicts } = merge(rename('lost', 2), rename('gone', 3))
  expect(conflicts.map(({ key }) => key)).toEqual(['renamed.nodes.loss', 'nodes.was loss.retry'])
  const all = Object.fromEntries(conflicts.map(({ key }) => [key, 'theirs' as const]))
  const { merged } = merge(rename('lost', 2), rename('gone', 3), all)
  expect(merged.nodes['gone']?.retry?.attempts).toBe(3)
})
