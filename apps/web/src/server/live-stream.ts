/** `GET /api/live`: tells a browser what changed, as server-sent events. */
import { ApiError, toResponse } from './errors.ts'
import type { LiveHub } from './live-hub.ts'

/** Proxies end connections that are silent for long. */
const heartbeatMs = 15_000

export function liveStream(live: LiveHub, signal: AbortSignal): Response {
  const encoder = new TextEncoder()
  let end = (): void => undefined
  let refused = false
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string): void => controller.enqueue(encoder.encode(text))
      const heartbeat = setInterval(() => send(': still here\n\n'), heartbeatMs)
      const unsubscribe = live.subscribe({
        onMessage: ({ topic, id }) => send(`event: changed\ndata: ${JSON.stringify({ topic, id })}\n\n`),
        // A browser that connects anew reads everything anew.
        onGap: () => end(),
      })
      let ended = false
      end = () => {
        if (ended) return
        ended = true
        clearInterval(heartbeat)
        unsubscribe?.()
        controller.close()
      }
      signal.addEventListener('abort', () => end(), { once: true })
      refused = unsubscribe === null
      if (refused) end()
      else send('retry: 1000\n\n')
    },
    cancel: () => end(),
  })
  if (refused) {
    return toResponse(
      new ApiError({
        status: 503,
        code: 'too-many-listeners',
        message: 'Too many pages are open.',
        fix: 'Close some; pages still load, but do not update by themselves.',
      }),
    )
  }
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
  })
}
