import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createSocketServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import * as z from 'zod'
import { answering, hostile, listening } from '../../../test/loopback-server.ts'
import { requestJson, type HttpAddress, type JsonRequest, type Product } from './request-json.ts'

const product: Product = {
  name: 'the tested product',
  example: 'http://tested:1',
  said: (body) => z.object({ why: z.string() }).safeParse(body).data?.why ?? null,
}
const schema = z.object({ ok: z.boolean() })
const ask = (address: HttpAddress, more: Partial<JsonRequest<unknown>> = {}) =>
  requestJson(address, product, { path: 'api/x', schema, ...more })

describe('requestJson', () => {
  it('asks below the address, with the secret in a header and nothing else of the address', async () => {
    const { url, requests } = await answering(() => ({ body: { ok: true } }))
    const query = new URLSearchParams({ q: 'a&b=ü' })
    expect(await ask({ url: `${url}/prefix?key=1#x`, secret: 'token' }, { query })).toEqual({ ok: true })
    await ask({ url: `${url}/prefix/`, secret: 'user:pass' }, { body: { form: query } })
    await ask({ url: url.replace('http://', 'http://me:hidden@'), secret: null }, { body: { json: { a: ['ü'] } } })
    expect(requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['GET', '/prefix/api/x?q=a%26b%3D%C3%BC', ''],
      ['POST', '/prefix/api/x', 'q=a%26b%3D%C3%BC'],
      ['POST', '/api/x', '{"a":["ü"]}'],
    ])
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token',
      `Basic ${Buffer.from('user:pass').toString('base64')}`,
      undefined,
    ])
  })

  it('reads an answer that is packed, over one connection', async () => {
    const ports = new Set<number | undefined>()
    const url = await listening((request, response) => {
      ports.add(request.socket.remotePort)
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"ok":true}'))
    })
    for (let index = 0; index < 3; index += 1) expect(await ask({ url, secret: null })).toEqual({ ok: true })
    expect(ports.size).toBe(1)
  })

  it.each(hostile)('gives a clear error for $name', async ({ handler, error }) => {
    const url = await listening(handler)
    const asked = await ask({ url, secret: 'user:hidden-password' }).catch((thrown: unknown) => thrown)
    expect(asked).toMatchObject({
      code: error.code,
      message: expect.stringMatching(error.message),
      fix: expect.any(String),
    })
    expect(String(asked)).not.toMatch(/hidden-password|token=abc/)
    expect(String(asked)).not.toContain(Buffer.from('user:hidden-password').toString('base64'))
  })

  it('does not follow a redirect', async () => {
    const { url, requests } = await answering(() => ({ status: 307, headers: { location: '/elsewhere' }, body: '' }))
    await expect(ask({ url, secret: null })).rejects.toThrow('redirects to /elsewhere')
    expect(requests).toHaveLength(1)
  })

  it('passes on what the product says of a refusal, on one line', async () => {
    const { url } = await answering(() => ({ status: 400, body: { why: 'line 1:\n\u001b[31m no such field' } }))
    await expect(ask({ url, secret: null })).rejects.toMatchObject({
      code: 'source-refused',
      retryable: false,
      message: `${url} refused: 400: line 1: [31m no such field.`,
    })
  })

  it('ends after its time, whether nothing comes or a drop now and then', async () => {
    const silent = await listening(() => undefined)
    const slow = await listening((_, response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write(' '), 10)
      response.on('close', () => clearInterval(drip))
    })
    for (const url of [silent, slow])
      await expect(ask({ url, secret: null }, { seconds: 0.2 })).rejects.toMatchObject({
        code: 'source-unreachable',
        message: `${url} did not answer within 0.2 s.`,
      })
  })

  it('ends when it is told to, with the reason', async () => {
    const url = await listening(() => undefined)
    const reason = new Error('enough')
    const signal = AbortSignal.any([AbortSignal.timeout(50)])
    await expect(ask({ url, secret: null }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    await expect(ask({ url, secret: null }, { signal })).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it.each([
    ['http://127.0.0.1:1', /nothing listens at 127\.0\.0\.1:1/],
    ['http://no-such-host.invalid', /no-such-host\.invalid (is not known|cannot be looked up)/],
  ])('says why %s cannot be reached', async (url, message) => {
    await expect(ask({ url, secret: null })).rejects.toMatchObject({
      code: 'source-unreachable',
      message: expect.stringMatching(message),
    })
  })

  it('says that something else than HTTP is there', async () => {
    const server = createSocketServer((socket) => socket.end('220 mail.example ESMTP\r\n')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
    await expect(ask({ url, secret: null })).rejects.toThrow('does not speak HTTP there')
  })

  it.each(['ftp://x', 'nonsense', 'file:///etc/passwd', ''])('opens no socket for %j', async (url) => {
    await expect(ask({ url, secret: 'hidden' })).rejects.toMatchObject({
      code: 'source-refused',
      fix: expect.stringContaining('http://tested:1'),
    })
  })

  it.each([
    'http://169.254.169.254',
    'http://[fe80::1]',
    'http://[::ffff:169.254.169.254]',
    'http://0xA9FEA9FE',
    'http://100.100.100.200',
  ])('opens no socket to %s', async (url) => {
    // Opened, it would end by its time or by a refusal of the network, not by this error.
    await expect(ask({ url, secret: null })).rejects.toMatchObject({
      code: 'source-refused',
      message: expect.stringContaining('link-local or metadata address'),
    })
  })
})

describe('over TLS', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenon-tls-'))
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-subj',
        '/CN=other',
        ...files,
      ],
      { stdio: 'ignore' },
    )
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  async function tlsServer(): Promise<number> {
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(folder, name)))
    const server = createTlsServer({ key: key!, cert: cert! }, (_, response) => response.end('{"ok":true}')).listen(
      0,
      '127.0.0.1',
    )
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const address = server.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  it('refuses a certificate that nobody trusted has signed, and says how to trust it', async () => {
    const url = `https://127.0.0.1:${await tlsServer()}`
    await expect(ask({ url, secret: 'hidden' })).rejects.toMatchObject({
      code: 'source-unreachable',
      retryable: false,
      message: expect.stringContaining('signed by nobody that is trusted here'),
      fix: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    })
  })

  it('says when one side speaks TLS and the other does not', async () => {
    const plain = await listening((_, response) => response.end('{"ok":true}'))
    await expect(ask({ url: plain.replace('http', 'https'), secret: null })).rejects.toThrow(/TLS/)
    const url = `http://127.0.0.1:${await tlsServer()}`
    await expect(ask({ url, secret: null })).rejects.toMatchObject({ fix: expect.stringContaining('https') })
  })
})
