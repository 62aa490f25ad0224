/** `GET /api/live`: tells a browser what changed, as server-sent events. */
import { ApiError, toResponse } from './errors.ts'
import type { LiveHub } from './live-hub.ts'

/** Proxies end connections that are silent for long. */
const heartbeatMs = 15_000
/** Messages kept for a browser that does not read; it then has to begin anew. */
const mostUnread = 1000

export function liveStream(live: LiveHub, signal: AbortSignal): Response {
  const encoder = new TextEncoder()
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, undefined, {
    highWaterMark: mostUnread,
  })
  const writer = writable.getWriter()
  let heartbeat: NodeJS.Timeout | undefined
  const unsubscribe = live.subscribe({
    onMessage: ({ topic, id }) => send(`event: changed\ndata: ${JSON.stringify({ topic, id })}\n\n`),
    // A browser that connects anew reads everything anew.
    onGap: end,
  })
  if (!unsubscribe) {
    return toResponse(
      new ApiError({
        status: 503,
        code: 'too-many-listeners',
        message: 'Too many pages are open.',
        fix: 'Close some; pages still load, but do not update by themselves.',
      }),
    )
  }

  function send(text: string): void {
    if ((writer.desiredSize ?? 0) <= 0) return end()
    // Refused when the browser has gone; `closed` tells of that below.
    writer.write(encoder.encode(text)).catch(() => undefined)
  }

  function end(): void {
    clearInterval(heartbeat)
    unsubscribe?.()
    writer.close().catch(() => undefined)
  }

  heartbeat = setInterval(() => send(': still here\n\n'), heartbeatMs)
  writer.closed.then(end, end)
  signal.addEventListener('abort', end, { once: true })
  send('retry: 1000\n\n')
  if (signal.aborted) end()
  return new Response(readable, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
  })
}
