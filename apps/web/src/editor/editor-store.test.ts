import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RunbookDocument } from '@tenon/runbook'
import * as commands from './document-commands.ts'
import { createEditorStore, nothingSelected } from './editor-store.ts'

const empty: RunbookDocument = {
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
  nodes: {},
  edges: [],
  layout: {},
}
const node = { type: 'judge.chain-loss', with: {}, join: 'all' as const }

test('undoing every random command gives back the document it began with, and redoing gives the end again', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  const command = fc.oneof(
    id.map((name) => (d: RunbookDocument) => commands.addNode(d, commands.freeStepId(d, name), node, { x: 1, y: 2 })),
    id.map((name) => (d: RunbookDocument) => commands.removeNodes(d, [name])),
    fc.tuple(id, id).map(
      ([from, to]) =>
        (d: RunbookDocument) =>
          commands.connect(d, { from, on: 'normal', to }),
    ),
    fc.tuple(id, id).map(
      ([from, to]) =>
        (d: RunbookDocument) =>
          commands.disconnect(d, [{ from, on: 'normal', to }]),
    ),
    fc.tuple(id, fc.nat(900)).map(
      ([name, x]) =>
        (d: RunbookDocument) =>
          commands.moveNodes(d, { [name]: { x, y: x } }),
    ),
    fc.tuple(id, id).map(
      ([from, to]) =>
        (d: RunbookDocument) =>
          commands.renameStep(d, from, to),
    ),
    fc.tuple(id, fc.string()).map(
      ([name, value]) =>
        (d: RunbookDocument) =>
          commands.setInput(d, name, 'text', value),
    ),
    fc.string().map((title) => (d: RunbookDocument) => commands.setRunbook(d, { title })),
    id.map(
      (name) => (d: RunbookDocument) =>
        commands.pasteFragment(d, commands.copyFragment(d, [name]), { x: 9, y: 9 }).document,
    ),
  )
  fc.assert(
    fc.property(fc.array(command, { maxLength: 200 }), (list) => {
      const store = createEditorStore(empty)
      for (const apply of list) store.apply(apply, { label: 'x' })
      const end = store.getState().document
      while (store.getState().past.length > 0) store.undo()
      expect(store.getState().document).toEqual(empty)
      while (store.getState().future.length > 0) store.redo()
      expect(store.getState().document).toEqual(end)
    }),
    { numRuns: 200 },
  )
})

test('typing in one field is one step of history until a pause or another field', () => {
  let clock = 0
  const store = createEditorStore({ ...empty, nodes: { a: node } }, () => clock)
  const type = (text: string): void =>
    store.apply((d) => commands.setInput(d, 'a', 'question', text), { label: 'Edit', coalesce: 'a.question' })
  type('S')
  clock += 200
  type('Sw')
  expect(store.getState().past).toHaveLength(1)
  clock += 5000
  type('Swi')
  expect(store.getState().past).toHaveLength(2)
  store.undo()
  expect(store.getState().document.nodes['a']?.with).toEqual({ question: 'Sw' })
})

test('a command that changes nothing leaves no step', () => {
  const store = createEditorStore(empty)
  store.apply((d) => commands.removeNodes(d, ['none']), { label: 'Delete' })
  expect(store.getState().past).toHaveLength(0)
})

test('what was removed is no longer selected', () => {
  const store = createEditorStore({ ...empty, nodes: { a: node } })
  store.select({ nodes: ['a'], edges: [] })
  store.apply((d) => commands.removeNodes(d, ['a']), { label: 'Delete' })
  expect(store.getState().selection).toEqual(nothingSelected)
})
