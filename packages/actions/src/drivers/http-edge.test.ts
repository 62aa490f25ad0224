import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createHttpEdgeDriver } from './http-edge.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** Answers with what `answer` gives and keeps what was asked. */
async function edge(answer: (path: string) => { status?: number; body: unknown }) {
  const asked: { method?: string; path: string; body: string; authorization?: string }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      asked.push({
        method: request.method,
        path: request.url ?? '',
        body,
        authorization: request.headers.authorization,
      })
      const { status = 200, body: text } = answer(request.url ?? '')
      response.writeHead(status).end(typeof text === 'string' ? text : JSON.stringify(text))
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    asked,
    driver: createHttpEdgeDriver({
      address,
      zoneOf: (host) => (host.includes('-a-') ? 'A' : 'B'),
      token: 'secret',
      timeoutMs: 300,
    }),
  }
}

const backends = {
  backends: ['payment', 'stock'].map((name) => ({
    name,
    rateLimit: name === 'payment' ? 20 : null,
    servers: [{ name: `${name}-a-1`, weight: 100, up: true, requestsTotal: 5 }],
  })),
}

describe('HTTP edge driver', () => {
  it('observes one backend, or all of them', async () => {
    const { driver, asked } = await edge(() => ({ body: backends }))
    expect(await driver.observe('payment')).toMatchObject({
      rateLimit: 20,
      servers: [{ name: 'payment-a-1', zone: 'A', weight: 100, up: true, requestsTotal: 5 }],
    })
    expect((await driver.observe('*')).servers.map((server) => server.name)).toEqual([
      'payment/payment-a-1',
      'stock/stock-a-1',
    ])
    expect(asked[0]?.authorization).toBe('Bearer secret')
  })

  it('puts absolute weights a backend and a limit', async () => {
    const { driver, asked } = await edge(() => ({ body: {} }))
    await driver.apply({
      kind: 'set-weights',
      target: '*',
      weights: { 'payment/payment-a-1': 0, 'stock/stock-a-1': 0 },
    })
    await driver.apply({ kind: 'set-rate-limit', target: 'payment', requestsPerSecond: null })
    expect(asked.map(({ method, path, body }) => [method, path, JSON.parse(body)])).toEqual([
      ['PUT', '/backends/payment/weights', { weights: { 'payment-a-1': 0 } }],
      ['PUT', '/backends/stock/weights', { weights: { 'stock-a-1': 0 } }],
      ['PUT', '/backends/payment/rate-limit', { requestsPerSecond: null }],
    ])
  })

  it('names what is wrong', async () => {
    const { driver } = await edge((path) => (path === '/backends' ? { body: '<html>' } : { status: 409, body: 'busy' }))
    await expect(driver.observe('payment')).rejects.toMatchObject({ code: 'bad-answer' })
    await expect(
      driver.apply({ kind: 'set-weights', target: 'payment', weights: { 'payment-a-1': 0 } }),
    ).rejects.toMatchObject({ code: 'target-refused' })
    await expect(driver.apply({ kind: 'set-weights', target: '../x', weights: { a: 0 } })).rejects.toMatchObject({
      code: 'bad-request',
    })
    const missing = await edge(() => ({ body: backends }))
    await expect(missing.driver.observe('gateway')).rejects.toMatchObject({ code: 'unknown-target' })
    const away = createHttpEdgeDriver({ address: 'http://127.0.0.1:1', zoneOf: () => null })
    await expect(away.observe('payment')).rejects.toMatchObject({ code: 'target-unreachable', retryable: true })
  })
})
