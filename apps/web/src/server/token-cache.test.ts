import type { LiveMessage } from '@tenon/db'
import { expect, test } from 'vitest'
import type { LiveHub } from './live-hub.ts'
import { createTokenCache } from './token-cache.ts'

function cacheWith() {
  const asked: string[] = []
  const revoked = new Set<string>()
  let tell: (message: LiveMessage) => void = () => undefined
  let gap: () => void = () => undefined
  const live: LiveHub = {
    subscribe(listener) {
      tell = listener.onMessage
      gap = listener.onGap
      return () => undefined
    },
    watch: () => () => undefined,
  }
  let answering: Promise<void> = Promise.resolve()
  const cache = createTokenCache(
    {
      async authenticate(token) {
        asked.push(token)
        const known = !revoked.has(token)
        await answering
        return known ? { id: token, name: token, person: 'ana@example.com', role: 'operator' } : null
      },
    },
    live,
  )
  return {
    cache,
    asked,
    revoked,
    tell: (topic: LiveMessage['topic']) => tell({ topic, id: 'x' }),
    gap: () => gap(),
    hold: (until: Promise<void>) => void (answering = until),
  }
}

test('a token is asked for once; one that is refused each time', async () => {
  const { cache, asked, revoked } = cacheWith()
  revoked.add('bad')
  for (const token of ['good', 'good', 'bad', 'bad']) await cache.authenticate(token)
  expect(asked).toEqual(['good', 'bad', 'bad'])
})

test.each(['told', 'missed'])('a token that was revoked is refused at once when it is %s', async (how) => {
  const { cache, revoked, tell, gap } = cacheWith()
  expect(await cache.authenticate('t')).not.toBeNull()
  revoked.add('t')
  tell('run')
  expect(await cache.authenticate('t')).not.toBeNull()
  if (how === 'told') tell('settings')
  else gap()
  expect(await cache.authenticate('t')).toBeNull()
})

test('an answer that was under way while the token was revoked is not kept', async () => {
  const { cache, revoked, tell, hold } = cacheWith()
  const gate = Promise.withResolvers<void>()
  hold(gate.promise)
  const first = cache.authenticate('t')
  revoked.add('t')
  tell('settings')
  gate.resolve()
  expect(await first).not.toBeNull()
  expect(await cache.authenticate('t')).toBeNull()
})
