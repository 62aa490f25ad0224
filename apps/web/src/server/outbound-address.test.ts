import { Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import { appRouter } from './api/router.ts'
import { createCallerFactory } from './api/trpc.ts'
import { assertOutboundAddress, parseConnectionUrl, type Resolve } from './outbound-address.ts'
import type { Services } from './services.ts'

const refusal = { problem: { status: 400, code: 'forbidden-address' } }

test.each([
  'http://169.254.169.254/latest',
  'http://2852039166',
  'http://0xA9FEA9FE',
  'http://0251.0376.0251.0376',
  'tcp://0xA9FEA9FE:80',
  'tcp://2852039166:80',
  'http://[::ffff:169.254.169.254]',
  'tcp://[::ffff:169.254.169.254]:80',
  'http://[fe80::1]',
  'http://[fd00:ec2::254]',
  'http://100.100.100.200',
  'http://0.0.0.0',
  'postgres://169.254.169.254:80/latest',
  'mysql://0xA9FEA9FE/latest',
])('%s is refused without a look-up', async (address) => {
  const resolve = vi.fn<Resolve>(async () => ['10.0.0.1'])
  await expect(assertOutboundAddress(address, resolve)).rejects.toMatchObject(refusal)
  expect(resolve).not.toHaveBeenCalled()
})

test.each(['169.254.169.254', '::ffff:169.254.169.254', 'fe80::1', 'fd00:ec2::254'])(
  'a name with %s among its addresses is refused',
  async (address) => {
    const resolve = vi.fn<Resolve>(async () => ['10.0.0.1', address])
    await expect(assertOutboundAddress('https://edge.example:8443', resolve)).rejects.toMatchObject(refusal)
    expect(resolve.mock.calls).toEqual([['edge.example']])
  },
)

test.each(['http://10.0.0.1', 'http://192.168.1.1', 'http://127.0.0.1', 'http://[::1]', 'http://[fd00::1]'])(
  '%s is allowed',
  async (address) => {
    await expect(assertOutboundAddress(address, async () => [])).resolves.toBeUndefined()
  },
)

test('a name that does not resolve, and a socket file, are allowed', async () => {
  const resolve = vi.fn<Resolve>(async () => Promise.reject(new Error('ENOTFOUND')))
  await expect(assertOutboundAddress('http://nowhere.example', resolve)).resolves.toBeUndefined()
  await expect(assertOutboundAddress('unix:///run/haproxy.sock', resolve)).resolves.toBeUndefined()
  expect(resolve).toHaveBeenCalledTimes(1)
})

test.each([
  ['prometheus', 'http://prometheus:9090', true],
  ['prometheus', 'tcp://prometheus:9090', false],
  ['http-edge', 'https://edge', true],
  ['http-edge', 'file:///etc/passwd', false],
  ['webhook', 'https://chat.example/hook', true],
  ['webhook', 'https://me:secret@chat.example/hook', false],
  ['haproxy', 'tcp://haproxy:9999', true],
  ['haproxy', 'unix:///run/haproxy.sock', true],
  ['haproxy', 'http://haproxy', false],
  ['haproxy', 'nothing', false],
  ['postgres', 'postgres://db.example:5432/orders', true],
  ['postgres', 'postgresql://[::1]:5432/orders?sslmode=require', true],
  ['postgres', 'postgres://db.example', false],
  ['postgres', 'postgres://ada:secret@db.example/orders', false],
  ['postgres', 'http://db.example/orders', false],
  ['postgres', 'postgres://db.example/orders?host=169.254.169.254', false],
  ['mysql', 'mysql://db.example/orders', true],
  ['mysql', 'mysql:///orders', false],
  ['clickhouse', 'http://clickhouse:8123', true],
  ['kubernetes', 'https://kubernetes.default.svc', true],
  ['kubernetes', 'kubernetes.default.svc', false],
  ['files', '/data/logs', true],
  ['files', '/data/../etc', false],
  ['files', 'data/logs', false],
  ['files', 'file:///data/logs', false],
] as const)('%s at %s: %s', (kind, text, ok) => {
  expect(parseConnectionUrl(kind, text).ok).toBe(ok)
})

test.each(['test', 'save'] as const)('%s of a connection to a forbidden address opens no socket', async (procedure) => {
  const connect = vi.spyOn(Socket.prototype, 'connect').mockImplementation(() => {
    throw new Error('a socket was opened')
  })
  const origin = 'http://127.0.0.1:3000'
  const caller = createCallerFactory(appRouter)({
    services: { configuration: { publicUrl: origin } } as unknown as Services,
    actor: { kind: 'user', id: 'u1', name: 'Ada', email: 'ada@example.com', role: 'admin' },
    headers: new Headers({ origin }),
    answerHeaders: new Headers(),
  })
  const connection = { name: 'metadata', kind: 'prometheus', url: 'http://169.254.169.254/' } as const
  await expect(caller.settings.connections[procedure](connection)).rejects.toMatchObject({ cause: refusal })
  expect(connect).not.toHaveBeenCalled()
  connect.mockRestore()
})
