import { runbookDocument } from '@tenon/runbook'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { migrateDocument } from './migrate-document.ts'
import { defineNode, type NodeUpgrade } from './node.ts'

function version(number: number, upgrade?: NodeUpgrade) {
  return defineNode({
    type: 'judge.test',
    version: number,
    title: 'Test',
    description: 'A node for tests.',
    group: 'judge',
    icon: 'circle',
    effect: 'compute',
    idempotent: true,
    outcomes: [{ name: number < 3 ? 'bad' : 'abnormal', tone: 'abnormal', meaning: 'It is.' }],
    input: z.object({}),
    output: z.object({}),
    run: () => ({ outcome: 'bad', output: {}, summary: '' }),
    ...(upgrade ? { upgrade } : {}),
  })
}

const nodes = [
  version(1),
  version(2, { from: 1, migrate: ({ minutes, ...rest }) => ({ ...rest, window: `${String(minutes)}m` }) }),
  version(3, {
    from: 2,
    migrate: (inputs) => ({ ...inputs, deep: true }),
    outcomes: { bad: 'abnormal' },
  }),
]

const document = runbookDocument.parse({
  tenon: 1,
  name: 'test',
  title: 'Test',
  nodes: {
    old: { type: 'judge.test', title: 'Kept', with: { minutes: 15 } },
    middle: { type: 'judge.test@2', with: { window: '${params.window}' }, mute: 'bad' },
    newest: { type: 'judge.test@3' },
    other: { type: 'act.tell', with: { minutes: 1 } },
  },
  edges: [
    { from: 'old', on: 'bad', to: 'other' },
    { from: 'old', on: 'error', to: 'other' },
    { from: 'newest', on: 'bad', to: 'other' },
  ],
})

test('steps go through every version up to the newest, with their edges; others stay', () => {
  const { document: migrated, steps } = migrateDocument(document, nodes)
  expect(steps).toEqual([
    { id: 'old', from: 'judge.test', to: 'judge.test@3' },
    { id: 'middle', from: 'judge.test@2', to: 'judge.test@3' },
  ])
  expect(migrated.nodes).toMatchObject({
    old: { type: 'judge.test@3', title: 'Kept', with: { window: '15m', deep: true } },
    middle: { type: 'judge.test@3', with: { window: '${params.window}', deep: true }, mute: 'abnormal' },
  })
  expect(migrated.nodes['newest']).toBe(document.nodes['newest'])
  expect(migrated.nodes['other']).toBe(document.nodes['other'])
  expect(migrated.edges.map(({ from, on }) => `${from} ${on}`)).toEqual(['old abnormal', 'old error', 'newest bad'])
})

test('done twice it is done once, and what needs nothing stays the same object', () => {
  const { document: migrated } = migrateDocument(document, nodes)
  expect(migrateDocument(migrated, nodes)).toEqual({ document: migrated, steps: [] })
  expect(migrateDocument(migrated, nodes).document).toBe(migrated)
})

test('the document that is given is not changed', () => {
  const before = structuredClone(document)
  migrateDocument(document, [
    ...nodes.slice(0, 2),
    version(3, {
      from: 2,
      migrate: (inputs) => {
        inputs['deep'] = true
        return inputs
      },
    }),
  ])
  expect(document).toEqual(before)
})

test('a version cannot take over from itself or a later one', () => {
  expect(() => version(2, { from: 2, migrate: (inputs) => inputs })).toThrow('cannot take over')
})
