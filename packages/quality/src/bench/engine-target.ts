/** What runs of the engine bench ask: a metrics API and a webhook on loopback that take a known time to answer. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export interface Target {
  url: string
  /** Time during which at least one request was open, between two moments of `performance.now()`, milliseconds. */
  busyMs(from: number, to: number): number
  /** Requests so far. */
  readonly requests: number
  close(): Promise<void>
}

/** @param delays milliseconds until a query or a webhook is answered. */
export async function openTarget(delays: { queryMs: number; hookMs: number }): Promise<Target> {
  const spans: { from: number; to: number }[] = []
  const server = createServer((request, response) => {
    const span = { from: performance.now(), to: Infinity }
    spans.push(span)
    const hook = request.url?.startsWith('/hook') ?? false
    request.resume()
    setTimeout(
      () => {
        answer(request, response, hook)
        span.to = performance.now()
      },
      hook ? delays.hookMs : delays.queryMs,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    get requests() {
      return spans.length
    },
    busyMs(from, to) {
      let [busy, until] = [0, from]
      for (const span of spans) {
        const [begin, end] = [Math.max(span.from, until), Math.min(span.to, to)]
        if (end <= begin) continue
        busy += end - begin
        until = end
      }
      return busy
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** No series: the steps then say "inconclusive", which is as much work for the engine as any verdict. */
function answer(_request: IncomingMessage, response: ServerResponse, hook: boolean): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(hook ? '{}' : JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } }))
}
