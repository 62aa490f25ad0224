import type { LiveMessage } from '@tenon/db'
import { expect, test } from 'vitest'
import { createLiveHub } from './live-hub.ts'

function hubWith() {
  let tell: (message: LiveMessage) => void = () => undefined
  let gap: () => void = () => undefined
  let listened = 0
  const hub = createLiveHub({
    listen(onMessage, onGap = () => undefined) {
      listened += 1
      tell = onMessage
      gap = onGap
      return { close: async () => undefined }
    },
  })
  const heard: string[] = []
  const listener = (name: string) => ({
    onMessage: ({ id }: LiveMessage) => void heard.push(`${name} ${id}`),
    onGap: () => void heard.push(`${name} gap`),
  })
  return {
    hub,
    heard,
    listener,
    tell: (id: string) => tell({ topic: 'run', id }),
    gap: () => gap(),
    listened: () => listened,
  }
}

test('who watches an id hears of it alone, who subscribes of all, over one connection', () => {
  const { hub, heard, listener, tell, gap, listened } = hubWith()
  hub.subscribe(listener('all'))
  const end = hub.watch('r1', listener('one'))
  const endOther = hub.watch('r1', listener('two'))
  tell('r1')
  tell('r2')
  endOther()
  gap()
  end()
  tell('r1')
  expect(heard).toEqual(['all r1', 'one r1', 'two r1', 'all r2', 'all gap', 'one gap', 'all r1'])
  expect(listened()).toBe(1)
})

test('pages that are too many are refused; waiting for a run is not', () => {
  const { hub, heard, listener, tell } = hubWith()
  const ends = Array.from({ length: 500 }, () => hub.subscribe(listener('page')))
  expect(hub.subscribe(listener('page'))).toBeNull()
  hub.watch('r1', listener('waits'))
  tell('r1')
  expect(heard.filter((line) => line === 'waits r1')).toHaveLength(1)
  ends[0]?.()
  expect(hub.subscribe(listener('page'))).not.toBeNull()
})
