import type { LookupAddress } from 'node:dns'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, it, onTestFinished, vi } from 'vitest'
import { ForbiddenAddress, sendRequest } from './send-request.ts'

type Found = (error: Error | null, addresses: LookupAddress[]) => void
const known = vi.hoisted(() => ({ addresses: [] as LookupAddress[] }))
vi.mock('node:dns', () => ({ lookup: (_: string, __: unknown, found: Found) => found(null, known.addresses) }))

const ask = (url: string) =>
  sendRequest({ url: new URL(url), headers: {}, signal: AbortSignal.timeout(5_000), maximumBytes: 1_000 })

it.each(['169.254.169.254', 'fe80::1', '::ffff:169.254.1.1', 'fd00:ec2::254', '0.0.0.0'])(
  'nothing is sent to a name that has %s among its addresses, however it was checked before',
  async (address) => {
    known.addresses = [
      { address: '127.0.0.1', family: 4 },
      { address, family: address.includes(':') ? 6 : 4 },
    ]
    await expect(ask('http://looks-fine.example:1')).rejects.toBeInstanceOf(ForbiddenAddress)
  },
)

it.each(['http://169.254.169.254/latest', 'http://[fe80::1]', 'http://2852039166'])(
  'no socket is opened for %s',
  async (url) => {
    const opened = sockets()
    await expect(ask(url)).rejects.toBeInstanceOf(ForbiddenAddress)
    expect(opened).toEqual([])
  },
)

it('a private address is called', async () => {
  const opened = sockets()
  known.addresses = [{ address: '127.0.0.1', family: 4 }]
  await expect(ask('http://looks-fine.example:1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  expect(opened).toHaveLength(1)
})

/** Those that are opened until the test ends. */
function sockets(): unknown[] {
  const opened: unknown[] = []
  const note = (message: unknown) => void opened.push(message)
  subscribe('net.client.socket', note)
  onTestFinished(() => void unsubscribe('net.client.socket', note))
  return opened
}
