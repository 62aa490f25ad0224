import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { checkHookSender } from './hook-signature.ts'

const secret = 'correct horse'
const body = Buffer.from('{"chain":"card-payment"}')
const now = 1_800_000_000_000
const seconds = now / 1000

const sign = (timestamp: string, of: Buffer = body, by = secret) =>
  `v1=${createHmac('sha256', by).update(`${timestamp}.`).update(of).digest('hex')}`
const own = (timestamp: string, signature = sign(timestamp)) => ({
  'x-tenon-timestamp': timestamp,
  'x-tenon-signature': signature,
})
const hub = (of: Buffer = body) => ({
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(of).digest('hex')}`,
})
const check = (
  headers: Record<string, string>,
  format: 'alertmanager' | 'cloudevents' | 'github' | 'generic' = 'generic',
) => checkHookSender({ headers, body }, { format, secret, now })

test.each([
  [own(String(seconds)), 'generic'],
  [own(String(seconds - 299)), 'cloudevents'],
  [own(String(seconds + 299)), 'github'],
  [hub(), 'github'],
  [{ authorization: `Bearer ${'correct-horse'}` }, 'alertmanager'],
] as const)('let in %#', (headers, format) => {
  const spaced = 'authorization' in headers ? 'correct-horse' : secret
  expect(checkHookSender({ headers, body }, { format, secret: spaced, now })).toMatchObject({ ok: true })
})

test.each([
  [{}, 'generic', 'signature-missing'],
  [{ 'x-tenon-timestamp': String(seconds) }, 'generic', 'signature-missing'],
  [own(String(seconds - 301)), 'generic', 'timestamp-bad'],
  [own(String(seconds + 301)), 'generic', 'timestamp-bad'],
  [own('yesterday'), 'generic', 'timestamp-bad'],
  [own(`${seconds}`, sign(`${seconds - 1}`)), 'generic', 'signature-wrong'],
  [own(`${seconds}`, sign(`${seconds}`, Buffer.from('{}'))), 'generic', 'signature-wrong'],
  [own(`${seconds}`, sign(`${seconds}`, body, 'wrong')), 'generic', 'signature-wrong'],
  [own(`${seconds}`, sign(`${seconds}`).toUpperCase()), 'generic', 'signature-wrong'],
  [own(`${seconds}`, ''), 'generic', 'signature-wrong'],
  [hub(), 'generic', 'signature-missing'],
  [hub(Buffer.from('{}')), 'github', 'signature-wrong'],
  [{ authorization: `Bearer ${secret.replace(' ', '-')}` }, 'generic', 'signature-missing'],
  [{ authorization: 'Bearer wrong' }, 'alertmanager', 'signature-wrong'],
  [{ authorization: `Basic ${secret}` }, 'alertmanager', 'signature-missing'],
] as const)('keep out %#: %s', (headers, format, code) => {
  expect(check(headers, format)).toMatchObject({ ok: false, code })
})
