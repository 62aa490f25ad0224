import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { queryRange, testPrometheus } from './prometheus.ts'

let server: Server | undefined
afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())))

async function listen(handler: RequestListener): Promise<string> {
  const started = createServer(handler)
  server = started
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
  const address = started.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
}
async function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const requests: { request: IncomingMessage; form: URLSearchParams }[] = []
  const url = await listen((request, response) => {
    let form = ''
    request.on('data', (chunk) => (form += String(chunk)))
    request.on('end', () => {
      requests.push({ request, form: new URLSearchParams(form) })
      response.writeHead(status, headers)
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    })
  })
  return { url, requests }
}
const matrix = (result: unknown[], more = {}) => ({
  status: 'success',
  data: { resultType: 'matrix', result },
  ...more,
})
const query = { expression: 'up', from: 1_000_500, to: 1_060_500, stepSeconds: 15 }

describe('queryRange', () => {
  it('asks by form for the times as they are, with the secret in a header', async () => {
    const { url, requests } = await answering(200, matrix([]))
    await queryRange({ url: `${url}/prefix?x=1`, secret: 'token' }, query)
    await queryRange({ url: `${url}/prefix/`, secret: 'user:pass' }, query)
    expect(requests[0]!.request).toMatchObject({ method: 'POST', url: '/prefix/api/v1/query_range' })
    expect(Object.fromEntries(requests[0]!.form)).toMatchObject({
      query: 'up',
      start: '1000.5',
      end: '1060.5',
      step: '15',
    })
    expect(requests.map(({ request }) => request.headers.authorization)).toEqual([
      'Bearer token',
      `Basic ${Buffer.from('user:pass').toString('base64')}`,
    ])
  })

  it('leaves out values that are none', async () => {
    const values = [
      [1000.5, '1.5'],
      [1015.5, 'NaN'],
      [1030.5, '+Inf'],
      [1045.5, '-2'],
    ]
    const { url } = await answering(200, matrix([{ metric: { a: 'b' }, values }], { stats: { seriesFetched: '1' } }))
    expect(await queryRange({ url, secret: null }, query)).toEqual({
      series: [
        {
          labels: { a: 'b' },
          samples: [
            [1_000_500, 1.5],
            [1_045_500, -2],
          ],
        },
      ],
      dialect: 'metricsql',
      incomplete: null,
    })
  })

  it.each([
    [{ isPartial: true }, 'a part of its storage did not reply'],
    [{ warnings: ['PromQL warning: not a counter', 'store-2: no answer'] }, 'store-2: no answer'],
    [{ warnings: ['PromQL info: not a counter'] }, null],
  ])('passes on that an answer is not whole: %j', async (more, incomplete) => {
    const { url } = await answering(200, matrix([], more))
    expect(await queryRange({ url, secret: null }, query)).toMatchObject({ incomplete, dialect: 'promql' })
  })

  it.each([
    [
      400,
      { status: 'error', errorType: 'bad_data', error: 'parse error: unexpected end' },
      { code: 'source-refused', retryable: false, message: expect.stringContaining('unexpected end') },
    ],
    [
      422,
      { status: 'error', error: 'too many samples' },
      { code: 'source-refused', retryable: false, message: expect.stringContaining('too many samples') },
    ],
    [503, '<html>busy</html>', { code: 'source-refused', retryable: true, message: expect.stringContaining('503') }],
    [401, 'no', { code: 'source-refused', fix: expect.stringContaining('secret') }],
    [200, '<html>Grafana</html>', { code: 'source-refused', message: expect.stringContaining('Prometheus API') }],
    [
      200,
      { status: 'success', data: { resultType: 'matrix', result: [{ metric: { a: 1 } }] } },
      { code: 'source-refused' },
    ],
    [200, matrix(Array.from({ length: 2001 }, () => ({ metric: {}, values: [] }))), { code: 'query-too-large' }],
  ])('gives a clear error for %i %j', async (status, body, error) => {
    const { url } = await answering(status, body)
    await expect(queryRange({ url, secret: 'hidden' }, query)).rejects.toMatchObject(error)
    await expect(queryRange({ url, secret: 'hidden' }, query)).rejects.not.toThrow(/hidden/)
  })

  it('does not follow a redirect, which could carry the secret away', async () => {
    const { url, requests } = await answering(307, '', { location: '/elsewhere' })
    await expect(queryRange({ url, secret: 'hidden' }, query)).rejects.toMatchObject({
      code: 'source-refused',
      message: expect.stringContaining('redirects'),
    })
    expect(requests).toHaveLength(1)
  })

  it('stops reading an answer without end', async () => {
    const url = await listen((_, response) => {
      const chunk = Buffer.alloc(4 * 1024 * 1024, 32)
      const write = () => {
        while (!response.destroyed && response.write(chunk));
      }
      response.on('drain', write)
      write()
    })
    await expect(queryRange({ url, secret: null }, query)).rejects.toMatchObject({ code: 'query-too-large' })
  })
})

describe('testPrometheus', () => {
  it('says what it found', async () => {
    const vector = { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [1, '12'] }] } }
    const { url } = await answering(200, vector)
    expect(await testPrometheus({ url, secret: null })).toEqual({
      ok: true,
      detail: 'It answers; targets scraped: 12.',
    })
  })

  it.each(['ftp://x', 'nonsense', 'http://127.0.0.1:1'])('says why %s does not do', async (url) => {
    const found = await testPrometheus({ url, secret: null })
    expect(found).toMatchObject({ ok: false, message: expect.any(String), fix: expect.any(String) })
  })
})
