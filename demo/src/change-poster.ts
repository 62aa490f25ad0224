/** Tells Tenon of changes, in order, each until it is taken: Tenon may start later than the shop. */
import type { PostedChange } from './shop-changes.ts'

export interface ChangePoster {
  /** Returns at once; what cannot be delivered yet is tried again. */
  post(changes: readonly PostedChange[]): void
  /** Resolves when everything is delivered or refused. */
  settled(): Promise<void>
  close(): void
}

export interface ChangePosterOptions {
  url: string
  token: string
  say: (line: string) => void
  firstRetryMs?: number
}

const longestRetryMs = 10_000

export function createChangePoster({ url, token, say, firstRetryMs = 500 }: ChangePosterOptions): ChangePoster {
  const queue: PostedChange[] = []
  const closed = new AbortController()
  let sending: Promise<void> | null = null

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
    for (let next = queue.shift(); next && !closed.signal.aborted; next = queue.shift()) await deliver(next)
    sending = null
  }

  return {
    post(changes) {
      queue.push(...changes)
      sending ??= sendAll()
    },
    async settled() {
      while (sending) await sending
    },
    close: () => closed.abort(),
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
