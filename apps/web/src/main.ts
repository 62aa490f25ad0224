/** The web server: the REST API and the pages in one process, on one address. */
import { fileURLToPath } from 'node:url'
import next from 'next'
import { startBackground } from './server/background.ts'
import { composition } from './server/composition.ts'
import { createHttpServer } from './server/http-server.ts'
import { createRest } from './server/rest/answer-request.ts'
import { operations } from './server/rest/operations.ts'
import { readRateLimit } from './server/rest/rate-limit.ts'
import { createTokenBuckets } from './server/rest/token-bucket.ts'

const directory = fileURLToPath(new URL('..', import.meta.url))
const host = process.env['HOST'] ?? '127.0.0.1'
const port = Number(process.env['PORT'] ?? 3000)
/** Sync waits are at most 60 s; who restarts a server does not wait for them. */
const graceMs = 5_000
const closeMs = 2_000

// Before the pages are loaded: they take the parts that are made here (composition.ts).
const services = composition(fileURLToPath(new URL('../../../packages/activities/packs', import.meta.url)))
const limit = readRateLimit(process.env)
const rest = createRest({
  operations,
  services: () => services,
  ...(limit ? { limit: { buckets: createTokenBuckets(limit), burst: limit.burst } } : {}),
})

const dev = process.env['NODE_ENV'] === 'development'
const pages = next({ dev, dir: directory, hostname: host, port })
await pages.prepare()
// The development server adds what its pages' web sockets need to the HTTP server by itself, at the first request.
const http = createHttpServer({ rest, pages: pages.getRequestHandler() })
http.server.on('error', (error) => {
  console.error(JSON.stringify({ level: 'error', message: `Cannot listen at ${host}:${port}`, error: error.message }))
  process.exit(1)
})
http.server.listen(port, host)
const background = startBackground(services)

let stopping = false
async function stop(): Promise<void> {
  if (stopping) return
  stopping = true
  // Whatever does not close in its time is closed by the end of the process.
  setTimeout(() => process.exit(0), graceMs + closeMs).unref()
  background.stop()
  await http.stop(graceMs)
  await Promise.allSettled([pages.close(), services.engine.close()])
  await services.db.close()
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop())
if (process.env['TENON_PARENT']) endWith(Number(process.env['TENON_PARENT']))

/** A parent that was killed cannot tell its children; they look for themselves. */
function endWith(parent: number): void {
  setInterval(() => {
    try {
      process.kill(parent, 0)
    } catch {
      void stop()
    }
  }, 1_000).unref()
}
