import type { LiveMessage } from '@tenon/db'
import { expect, test } from 'vitest'
import { createLiveHub, type LiveHub } from './live-hub.ts'
import { liveStream } from './live-stream.ts'

/** A database that says what the test says. */
class Source {
  listens = 0
  say: (message: LiveMessage) => void = () => {}
  gap: () => void = () => {}
  readonly hub: LiveHub

  constructor() {
    this.hub = createLiveHub({
      listen: (onMessage, onGap) => {
        this.listens += 1
        this.say = onMessage
        this.gap = onGap ?? (() => {})
        return { close: async () => {} }
      },
    })
  }
}

const message = (id: string): LiveMessage => ({ topic: 'run', id })

/** How many may still come: the hub takes 500. */
function placesLeft(hub: LiveHub): number {
  const ends: (() => void)[] = []
  for (let end = listenTo(hub); end; end = listenTo(hub)) ends.push(end)
  for (const end of ends) end()
  return ends.length
}
const listenTo = (hub: LiveHub) => hub.subscribe({ onMessage: () => {}, onGap: () => {} })

test('one listener on the database serves all who are open', async () => {
  const source = new Source()
  const gone = new AbortController()
  const streams = [liveStream(source.hub, gone.signal), liveStream(source.hub, gone.signal)]
  expect(source.listens).toBe(1)
  source.say(message('r1'))
  gone.abort()
  for (const stream of streams) {
    expect(await stream.text()).toBe('retry: 1000\n\nevent: changed\ndata: {"topic":"run","id":"r1"}\n\n')
  }
})

test('a gap ends every stream, so that browsers read anew', async () => {
  const source = new Source()
  const streams = [1, 2].map(() => liveStream(source.hub, new AbortController().signal))
  source.gap()
  for (const stream of streams) expect(await stream.text()).toBe('retry: 1000\n\n')
  expect(placesLeft(source.hub)).toBe(500)
})

test('a browser that goes leaves nothing behind, however it goes', async () => {
  const source = new Source()
  const closing = new AbortController()
  liveStream(source.hub, closing.signal)
  const { body } = liveStream(source.hub, new AbortController().signal)
  expect(placesLeft(source.hub)).toBe(498)
  closing.abort()
  await body?.cancel()
  liveStream(source.hub, AbortSignal.abort())
  expect(placesLeft(source.hub)).toBe(500)
  expect(() => source.say(message('r1'))).not.toThrow()
})

test('one that does not read is ended and stands in nobody’s way', async () => {
  const source = new Source()
  const gone = new AbortController()
  const reading = liveStream(source.hub, gone.signal).body?.getReader()
  liveStream(source.hub, new AbortController().signal)
  await reading?.read()
  for (let n = 0; n < 2000; n += 1) {
    source.say(message(String(n)))
    expect((await reading?.read())?.done).toBe(false)
  }
  expect(placesLeft(source.hub)).toBe(499)
  gone.abort()
})

test('too many are refused with the reason', async () => {
  const source = new Source()
  while (listenTo(source.hub));
  const refused = liveStream(source.hub, new AbortController().signal)
  expect(refused.status).toBe(503)
  expect(await refused.json()).toMatchObject({ code: 'too-many-listeners' })
})
