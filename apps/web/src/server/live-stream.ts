/** `GET /api/live`: tells a browser what changed, as server-sent events. */
import { ApiError, toResponse } from './errors.ts'
import type { LiveHub } from './live-hub.ts'

/** Proxies end connections that are silent for long. */
const heartbeatMs = 15_000
/** Messages kept for a browser that does not read; it then has to begin anew. */
const mostUnread = 1000

export function liveStream(live: LiveHub, signal: AbortSignal): Response {
  const encoder = new TextEncoder()
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null
  let heartbeat: NodeJS.Timeout | undefined
  // A browser that connects anew reads everything anew.
  const unsubscribe = live.subscribe({
    onMessage: ({ topic, id }) => send(`event: changed\ndata: ${JSON.stringify({ topic, id })}\n\n`),
    onGap: end,
  })
  if (!unsubscribe) return toResponse(tooMany())

  function send(text: string): void {
    if ((controller?.desiredSize ?? 0) > 0) controller?.enqueue(encoder.encode(text))
    else end()
  }

  function end(): void {
    release()
    controller?.close()
    controller = null
  }

  function release(): void {
    clearInterval(heartbeat)
    unsubscribe?.()
    signal.removeEventListener('abort', end)
  }

  const body = new ReadableStream<Uint8Array>(
    {
      start(made) {
        controller = made
        send('retry: 1000\n\n')
      },
      cancel() {
        // The browser has gone: its stream is closed already.
        controller = null
        release()
      },
    },
    { highWaterMark: mostUnread },
  )
  heartbeat = setInterval(() => send(': still here\n\n'), heartbeatMs)
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
  })
}

const tooMany = () =>
  new ApiError({
    status: 503,
    code: 'too-many-listeners',
    message: 'Too many pages are open.',
    fix: 'Close some; pages still load, but do not update by themselves.',
  })
