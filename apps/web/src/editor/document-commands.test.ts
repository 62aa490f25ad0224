import { expect, test } from 'vitest'
import type { RunbookDocument } from '@tenon/runbook'
import {
  copyFragment,
  freeStepId,
  moveNodes,
  pasteFragment,
  putIntoLoop,
  removeNodes,
  renameParameter,
  renameStep,
} from './document-commands.ts'

const document: RunbookDocument = {
  tenon: 1,
  name: 'payment-drop',
  title: 'Payment drop',
  description: '',
  params: { chain: { type: 'chain' } },
  timeout: '1h',
  onFailure: 'revert',
  triggers: {},
  priority: 'normal',
  express: false,
  tests: {},
  nodes: {
    loss: { type: 'judge.chain-loss', join: 'all', with: { chain: '${params.chain}' } },
    lossy: {
      type: 'act.notify',
      join: 'all',
      with: { text: 'steps.loss stays text; ${steps.loss.output.since} and ${steps.lossy.output}' },
    },
  },
  edges: [{ from: 'loss', on: 'own-step', to: 'lossy' }],
  layout: { loss: { x: 0, y: 0 }, lossy: { x: 300, y: 0 } },
}

test('renaming a step takes its edges, position and references along, and nothing that only looks alike', () => {
  const renamed = renameStep(document, 'loss', 'where')
  expect(Object.keys(renamed.nodes)).toEqual(['where', 'lossy'])
  expect(renamed.edges).toEqual([{ from: 'where', on: 'own-step', to: 'lossy' }])
  expect(renamed.layout['where']).toEqual({ x: 0, y: 0 })
  expect(renamed.nodes['lossy']?.with['text']).toBe(
    'steps.loss stays text; ${steps.where.output.since} and ${steps.lossy.output}',
  )
})

test('a taken name is refused', () => {
  expect(renameStep(document, 'loss', 'lossy')).toBe(document)
})

test('renaming a parameter renames its uses', () => {
  expect(renameParameter(document, 'chain', 'flow').nodes['loss']?.with['chain']).toBe('${params.flow}')
})

test('pasted steps get free ids and refer to each other, not to the originals', () => {
  const { document: pasted, ids } = pasteFragment(document, copyFragment(document, ['loss', 'lossy']), { x: 20, y: 20 })
  expect(ids).toEqual(['loss_2', 'lossy_2'])
  expect(pasted.edges).toContainEqual({ from: 'loss_2', on: 'own-step', to: 'lossy_2' })
  expect(pasted.nodes['lossy_2']?.with['text']).toContain('${steps.loss_2.output.since}')
})

test('a step id is made from any title', () => {
  expect(freeStepId(document, '2nd Loss!')).toBe('nd_loss_')
  expect(freeStepId(document, 'loss')).toBe('loss_2')
  expect(freeStepId(document, '???')).toBe('step')
})

const looped: RunbookDocument = {
  ...document,
  nodes: {
    hosts: { type: 'steer.for-each', join: 'all', with: {} },
    look: { type: 'judge.anomaly', join: 'all', with: {}, in: 'hosts' },
    after: { type: 'act.notify', join: 'all', with: {} },
  },
  edges: [{ from: 'hosts', on: 'done', to: 'after' }],
  layout: { hosts: { x: 0, y: 0 }, look: { x: 0, y: 200 }, after: { x: 300, y: 0 } },
}

test('a loop takes its steps along: moved, removed, copied, renamed', () => {
  expect(moveNodes(looped, { hosts: { x: 40, y: 8 } }).layout).toMatchObject({
    look: { x: 40, y: 208 },
    after: { x: 300, y: 0 },
  })
  expect(Object.keys(removeNodes(looped, ['hosts']).nodes)).toEqual(['after'])
  const { document: pasted, ids } = pasteFragment(looped, copyFragment(looped, ['hosts']), { x: 0, y: 0 })
  expect(ids).toEqual(['hosts_2', 'look_2'])
  expect(pasted.nodes['look_2']?.in).toBe('hosts_2')
  expect(renameStep(looped, 'hosts', 'each').nodes['look']?.in).toBe('each')
})

test('a step that goes into a loop loses its edges to the outside; a loop does not go into itself', () => {
  const moved = putIntoLoop(looped, ['after'], 'hosts')
  expect(moved.nodes['after']?.in).toBe('hosts')
  expect(moved.edges).toEqual([])
  expect(putIntoLoop(moved, ['after'], undefined).nodes['after']).not.toHaveProperty('in')
  expect(putIntoLoop(looped, ['hosts'], 'hosts')).toBe(looped)
})

test('renaming a step renames it in the tests of the runbook', () => {
  const expectation = { path: ['hosts', 'look'], outcomes: { look: 'normal' }, actions: [{ step: 'look' }] }
  const tests = { one: { params: {}, at: '2026-01-01T00:00:00Z', steps: { look: {} }, expect: expectation } }
  expect(renameStep({ ...looped, tests }, 'look', 'see').tests['one']).toMatchObject({
    steps: { see: {} },
    expect: { path: ['hosts', 'see'], outcomes: { see: 'normal' }, actions: [{ step: 'see' }] },
  })
})
