import type { NodeType } from '@tenon/runbook'
import { expect, test } from 'vitest'
import { findNodeTypes } from './palette.tsx'

const nodeType = (type: string, title: string, rest: { version?: number; description?: string } = {}): NodeType => ({
  type,
  version: 1,
  title,
  description: '',
  group: 'judge',
  icon: 'activity',
  effect: 'read',
  late: {},
  idempotent: true,
  planned: false,
  inputSchema: {},
  outputSchema: {},
  outcomes: [],
  defaults: { timeoutSeconds: 60, attempts: 1 },
  ...rest,
})

test('what has the words in its title comes before what only describes them', () => {
  const types = [
    nodeType('judge.loss', 'Where is the loss?', { description: 'Splits the change of a chain.' }),
    nodeType('judge.changes', 'Which change did it?'),
    nodeType('act.notify', 'Notify'),
  ]
  expect(findNodeTypes(types, 'change').map(({ type }) => type)).toEqual(['judge.changes', 'judge.loss'])
})

test('only the newest version of a type is offered', () => {
  const types = [nodeType('judge.loss', 'Loss', { version: 2 }), nodeType('judge.loss', 'Loss')]
  expect(findNodeTypes(types, '')).toMatchObject([{ version: 2 }])
})
