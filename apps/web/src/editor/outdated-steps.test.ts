import { expect, test } from 'vitest'
import { type NodeType, parseRunbook } from '@tenon/runbook'
import { outdatedSteps } from './outdated-steps.ts'

const nodeType = (type: string, version: number): NodeType => ({
  type,
  version,
  title: type,
  description: '',
  group: 'judge',
  icon: 'circle',
  effect: 'read',
  idempotent: true,
  planned: false,
  outcomes: [],
  late: {},
  inputSchema: {},
  outputSchema: {},
  defaults: { timeoutSeconds: 1, attempts: 1 },
})

test('steps of an older version than the newest are named; unknown types are not', () => {
  const { document } = parseRunbook(`
tenon: 1
name: a
title: A
nodes:
  old: { type: judge.loss }
  middle: { type: judge.loss@2 }
  newest: { type: judge.loss@3 }
  other: { type: act.tell }
  unknown: { type: no.such }
`)
  const nodeTypes = [nodeType('judge.loss', 3), nodeType('judge.loss', 1), nodeType('act.tell', 1)]
  expect(outdatedSteps(document!, nodeTypes)).toEqual(['old', 'middle'])
})
