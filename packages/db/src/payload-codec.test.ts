import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createPayloadCodec, payloadCodecsFromEnvironment, type Payload } from './payload-codec.ts'
import { createSecretBox } from './secret-box.ts'

const key = (): string => randomBytes(32).toString('base64')
const payload = (text: string): Payload => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(text)),
})
const textOf = (one: Payload | undefined): unknown => JSON.parse(Buffer.from(one?.data ?? []).toString())

describe('payload codec', () => {
  test.each(['', 'short', 'long '.repeat(10_000)])('gives back what it was given: %#', async (text) => {
    const codec = createPayloadCodec(key())
    const sealed = await codec.encode([payload(text)])
    expect(Buffer.from(sealed[0]?.data ?? []).includes('long long')).toBe(false)
    const [opened] = await codec.decode(sealed)
    expect(textOf(opened)).toBe(text)
    expect(Buffer.from(opened?.metadata?.['encoding'] ?? []).toString()).toBe('json/plain')
  })

  test('a long payload gets shorter', async () => {
    const [sealed] = await createPayloadCodec(key()).encode([payload('long '.repeat(10_000))])
    expect(sealed?.data?.length).toBeLessThan(5_000)
  })

  test('the newest of several keys seals, and all of them open', async () => {
    const [old, young] = [key(), key()]
    const before = await createPayloadCodec(old).encode([payload('before')])
    const rotated = createPayloadCodec(`${young}\n${old}\n`)
    expect(textOf((await rotated.decode(before))[0])).toBe('before')
    const after = await rotated.encode([payload('after')])
    expect(textOf((await createPayloadCodec(young).decode(after))[0])).toBe('after')
    await expect(createPayloadCodec(old).decode(after)).rejects.toMatchObject({ code: 'secret-unreadable' })
  })

  test('what was altered is refused, and what was never encrypted is read', async () => {
    const codec = createPayloadCodec(key())
    const [sealed] = await codec.encode([payload('x')])
    const altered = Buffer.from(sealed?.data ?? [])
    altered[altered.length - 1]! ^= 1
    await expect(codec.decode([{ ...sealed, data: altered }])).rejects.toMatchObject({ code: 'secret-unreadable' })
    expect(textOf((await codec.decode([payload('plain')]))[0])).toBe('plain')
  })

  test('data that the SDK writes as an empty array comes back as none', async () => {
    const codec = createPayloadCodec(key())
    const nothing = { metadata: { encoding: Buffer.from('binary/null') }, data: JSON.parse('[]') as Uint8Array }
    const [back] = await codec.decode(await codec.encode([nothing]))
    expect(Buffer.from(back?.metadata?.['encoding'] ?? []).toString()).toBe('binary/null')
    expect(back?.data).toHaveLength(0)
  })

  test('it is off only without a key', () => {
    expect(payloadCodecsFromEnvironment({})).toEqual([])
    expect(payloadCodecsFromEnvironment({ TENON_ENCRYPTION_KEY: key() })).toHaveLength(1)
  })
})

test('secrets of connections outlive a new key, too', () => {
  const [old, young] = [key(), key()]
  const sealed = createSecretBox(old).seal('secret', 'connection:a')
  const rotated = createSecretBox(`${young}\n${old}`)
  expect(rotated.open(sealed, 'connection:a')).toBe('secret')
  expect(createSecretBox(young).open(rotated.seal('next', 'connection:a'), 'connection:a')).toBe('next')
  expect(() => createSecretBox(young).open(sealed, 'connection:a')).toThrow('encrypted with key')
})
