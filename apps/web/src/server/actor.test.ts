import { expect, test } from 'vitest'
import { actorKey, labelOf } from './actor.ts'

test('people are known by e-mail address, tokens by name and whose they are, and both are audited by id', () => {
  const user = { kind: 'user', id: 'u1', name: 'Ada', email: 'ada@shop.example', role: 'viewer' } as const
  const token = { kind: 'token', id: 't1', name: 'alerts', person: 'bo@shop.example', role: 'operator' } as const
  expect([user, token].map(labelOf)).toEqual(['ada@shop.example', 'token:alerts of bo@shop.example'])
  expect([user, token].map(actorKey)).toEqual(['user:u1', 'token:t1'])
})
