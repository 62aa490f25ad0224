/**
 * Tells Tenon of changes, in order, each until it is taken: Tenon may start later than the shop. What waits is kept in a file, so
 * that a shop that is stopped first tells it when it is started again.
 */
import * as z from 'zod'
import { readStored } from './read-stored.ts'
import { postedChange, type PostedChange } from './shop-changes.ts'
import { writeWhole } from './write-whole.ts'

export interface ChangePoster {
  /** Returns at once; what cannot be delivered yet is tried again. */
  post(changes: readonly PostedChange[]): void
  /** Resolves when everything is delivered or refused. */
  settled(): Promise<void>
  /** Stops sending; what is left waits in the file. */
  close(): Promise<void>
}

export interface ChangePosterOptions {
  url: string
  token: string
  /** Where the changes wait. */
  file: string
  say: (line: string) => void
  firstRetryMs?: number
}

const longestRetryMs = 10_000

/** @throws ShopError `bad-state` when the file is not one that the shop wrote */
export async function openChangePoster(options: ChangePosterOptions): Promise<ChangePoster> {
  const { url, token, file, say, firstRetryMs = 500 } = options
  const queue: PostedChange[] = (await readStored(file, z.array(postedChange))) ?? []
  const closed = new AbortController()
  let sending: Promise<void> | null = null
  let saving: Promise<void> = Promise.resolve()

  async function deliver(change: PostedChange): Promise<void> {
    for (let wait = firstRetryMs; !closed.signal.aborted; wait = Math.min(wait * 2, longestRetryMs)) {
      const answer = await send(change)
      if (answer.kind === 'taken') return
      if (answer.kind === 'refused') {
        say(`Tenon refused the change ${change.id}: ${answer.reason}`)
        return
      }
      await pause(wait, closed.signal)
    }
  }

  async function send(
    change: PostedChange,
  ): Promise<{ kind: 'taken' } | { kind: 'away' } | { kind: 'refused'; reason: string }> {
    try {
      const response = await fetch(`${url}/api/v1/changes`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(change),
        signal: AbortSignal.any([closed.signal, AbortSignal.timeout(5_000)]),
      })
      const text = await response.text()
      if (response.ok) return { kind: 'taken' }
      // A server error or "not found yet" (a page server that is still starting) passes; a refusal does not.
      if (response.status >= 500 || response.status === 404 || response.status === 429) return { kind: 'away' }
      return { kind: 'refused', reason: `${response.status} ${text.slice(0, 300)}` }
    } catch {
      // Nobody listens yet, or the shop is closing; the loop knows which.
      return { kind: 'away' }
    }
  }

  async function sendAll(): Promise<void> {
    for (let next = queue[0]; next && !closed.signal.aborted; next = queue[0]) {
      await deliver(next)
      if (closed.signal.aborted) break
      queue.shift()
      save()
    }
    sending = null
  }

  /** A disk that is full must not hold the shop back: the queue in memory goes on. */
  function save(): void {
    saving = saving
      .then(() => writeWhole(file, JSON.stringify(queue)))
      .catch((error: unknown) => say(`changes that wait cannot be kept in ${file}: ${String(error)}`))
  }

  if (queue.length > 0) sending = sendAll()
  return {
    post(changes) {
      if (changes.length === 0) return
      queue.push(...changes)
      save()
      sending ??= sendAll()
    },
    async settled() {
      while (sending) await sending
      await saving
    },
    async close() {
      closed.abort()
      await sending
      await saving
    },
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end)
  })
}
