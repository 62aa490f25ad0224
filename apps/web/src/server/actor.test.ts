import { expect, test } from 'vitest'
import { actorKey, labelOf } from './actor.ts'

test('people are known by e-mail address, tokens by name, and both are audited by id', () => {
  const user = { kind: 'user', id: 'u1', name: 'Ada', email: 'ada@shop.example', role: 'viewer' } as const
  const token = { kind: 'token', id: 't1', name: 'alerts', role: 'operator' } as const
  expect([user, token].map(labelOf)).toEqual(['ada@shop.example', 'token:alerts'])
  expect([user, token].map(actorKey)).toEqual(['user:u1', 'token:t1'])
})
