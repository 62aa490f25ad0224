import { expect, test } from 'vitest'
import type { RunbookDocument } from '@tenon/runbook'
import { changeSummary } from './change-summary.ts'

const base: RunbookDocument = {
  tenon: 1,
  name: 'a',
  title: 'A',
  description: '',
  params: { chain: { type: 'chain' } },
  timeout: '1h',
  onFailure: 'revert',
  nodes: {
    source: { type: 'judge.source', with: { window: '15m' }, join: 'all' },
    tell: { type: 'act.notify', with: {}, join: 'all' },
  },
  edges: [{ from: 'source', on: 'down', to: 'tell' }],
  layout: { source: { x: 0, y: 0 } },
}

test('moving cards is no change', () => {
  expect(changeSummary(base, { ...base, layout: { source: { x: 9, y: 9 } } })).toEqual([])
})

test('steps, inputs, edges, parameters and settings are named', () => {
  const after: RunbookDocument = {
    ...base,
    timeout: '2h',
    params: {},
    nodes: {
      source: { ...base.nodes['source']!, with: { window: '30m' }, join: 'any' },
      loss: { type: 'judge.loss', with: {}, join: 'all' },
    },
    edges: [{ from: 'source', on: 'normal', to: 'loss' }],
  }
  expect(changeSummary(base, after)).toEqual([
    'changes how long a run may take',
    'removes parameter "chain"',
    'changes window of "source"',
    'changes join of "source"',
    'removes step "tell"',
    'adds step "loss" (judge.loss)',
    'connects "source" normal → "loss"',
    'disconnects "source" down → "tell"',
  ])
})

test('the first version says so', () => {
  expect(changeSummary(null, base)).toEqual(['first version, with 2 steps'])
})

test('a renamed step is one line, with its edges and what else changed of it', () => {
  const { tell, ...rest } = base.nodes
  const after: RunbookDocument = {
    ...base,
    nodes: { ...rest, announce: { ...tell!, title: 'Tell all' } },
    edges: [{ from: 'source', on: 'down', to: 'announce' }],
  }
  expect(changeSummary(base, after)).toEqual(['renames step "tell" to "announce"', 'changes title of "announce"'])
})
