/** Sends verdicts to the user's own metrics store, beside our work and never in its way. */
import type { SourceAddress } from '../sources/source.ts'
import { authorization } from '../sources/http/request-json.ts'
import type { AnalysisSeries } from './judgements.ts'
import { writeRequest } from './write-request.ts'

export interface RemoteWrite {
  /** Takes them; what cannot be sent for long is dropped, the oldest first, and said. */
  add(series: readonly AnalysisSeries[]): void
  /** Resolves when all that was added is sent or dropped. */
  settled(): Promise<void>
  /** Sends nothing more. */
  stop(): void
}

export interface RemoteWriteOptions {
  /** Where to; null when the connection is not there (any more). */
  address(): Promise<SourceAddress | null>
  onProblem(message: string): void
  /** How long to wait after the first failure; it doubles with each. */
  firstWaitMs?: number
  attempts?: number
}

const mostWaiting = 20_000
const batchSeries = 2_000
const timeoutMs = 10_000
const longestWaitMs = 60_000

export function createRemoteWrite(options: RemoteWriteOptions): RemoteWrite {
  const { address, onProblem, firstWaitMs = 1_000, attempts = 8 } = options
  const stopped = new AbortController()
  let waiting: AnalysisSeries[] = []
  let sending: Promise<void> | null = null

  async function sendAll(): Promise<void> {
    while (waiting.length > 0 && !stopped.signal.aborted) {
      const batch = waiting.slice(0, batchSeries)
      waiting = waiting.slice(batchSeries)
      await sendOne(batch)
    }
  }

  async function sendOne(batch: readonly AnalysisSeries[]): Promise<void> {
    for (let attempt = 1, wait = firstWaitMs; ; attempt++, wait = Math.min(wait * 2, longestWaitMs)) {
      const failed = await send(batch)
      if (failed === null || stopped.signal.aborted) return
      if (failed.final || attempt >= attempts) {
        onProblem(`${batch.length} series of verdicts were not written to the metrics store: ${failed.message}`)
        return
      }
      await pause(wait, stopped.signal)
    }
  }

  /** Null when it is written. Never says where to: an address may tell what is nobody's business. */
  async function send(batch: readonly AnalysisSeries[]): Promise<{ message: string; final: boolean } | null> {
    try {
      const to = await address()
      if (to === null) return { message: 'there is no such connection.', final: true }
      const answer = await fetch(`${to.url.replace(/\/+$/, '')}/api/v1/write`, {
        method: 'POST',
        headers: { ...headers, ...authorization(to.secret) },
        body: Buffer.from(writeRequest(batch)),
        signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(timeoutMs)]),
        redirect: 'error',
      })
      await answer.body?.cancel()
      if (answer.ok) return null
      // What is refused as it is would be refused again; only trouble of the store's own passes.
      return { message: `it answered ${answer.status}.`, final: answer.status < 500 && answer.status !== 429 }
    } catch {
      return { message: 'it does not answer.', final: false }
    }
  }

  return {
    add(series) {
      waiting.push(...series)
      if (waiting.length > mostWaiting) {
        const dropped = waiting.length - mostWaiting
        waiting = waiting.slice(dropped)
        onProblem(`${dropped} series of verdicts were not written to the metrics store: too many wait.`)
      }
      sending ??= sendAll().finally(() => {
        sending = null
      })
    },
    settled: async () => {
      await sending
    },
    stop: () => stopped.abort(),
  }
}

const headers = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
  'user-agent': 'tenon',
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}
