import { expect, test } from 'vitest'
import type { NodeType, RunbookDocument } from '@tenon/runbook'
import { completions, referencesFor, stepsBefore } from './references.ts'

const node = { type: 'judge.loss', with: {}, join: 'all' as const }
const edges = [
  { from: 'source', on: 'normal', to: 'loss' },
  { from: 'loss', on: 'own-step', to: 'changes' },
  { from: 'loss', on: 'own-step', to: 'other' },
]
const document: RunbookDocument = {
  tenon: 1,
  name: 'payment-drop',
  title: 'Payment drop',
  description: '',
  params: { chain: { type: 'chain', title: 'Business chain' } },
  timeout: '1h',
  onFailure: 'revert',
  triggers: {},
  priority: 'normal',
  express: false,
  tests: {},
  nodes: { source: node, loss: node, changes: node, other: node },
  edges,
  layout: {},
}
const lossType = {
  type: 'judge.loss',
  title: 'Where is the loss?',
  outputSchema: { type: 'object', properties: { since: { type: ['string', 'null'] } } },
} as unknown as NodeType

test('only steps that lead to this one come before it, nearest first', () => {
  expect(stepsBefore(document, 'changes')).toEqual(['loss', 'source'])
})

test('a cycle ends', () => {
  expect(
    stepsBefore({ ...document, edges: [...edges, { from: 'changes', on: 'found', to: 'source' }] }, 'changes'),
  ).toEqual(['loss', 'source'])
})

test('references are parameters, outputs of earlier steps and the run', () => {
  const texts = referencesFor(document, 'changes', () => lossType).map((reference) => reference.text)
  expect(texts).toContain('params.chain')
  expect(texts).toContain('steps.loss.output.since')
  expect(texts).not.toContain('steps.other.output.since')
  expect(referencesFor(document, 'changes', () => lossType).find((each) => each.text.endsWith('since'))?.type).toBe(
    'string',
  )
})

test('completion continues the word before the caret', () => {
  const references = referencesFor(document, 'changes', () => lossType)
  const { from, found } = completions(references, 'size(steps.lo', 13)
  expect(from).toBe(5)
  expect(found[0]?.text).toBe('steps.loss.output.since')
})
