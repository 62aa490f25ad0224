import { expect, test } from 'vitest'
import { largestBody, readJson } from './read-json.ts'

const post = (body: BodyInit) => new Request('http://tenon/', { method: 'POST', body })

test('a body of exactly the limit is read, one byte more is not', async () => {
  const text = JSON.stringify('x'.repeat(1024 * 1024 - 2))
  expect(text).toHaveLength(largestBody)
  await expect(readJson(post(text))).resolves.toHaveLength(largestBody - 2)
  await expect(readJson(post(`${text} `))).rejects.toMatchObject({ problem: { status: 413, code: 'body-too-large' } })
})

test.each(['{', new Uint8Array([0x22, 0xff, 0x22])])('what is not JSON is refused', async (body) => {
  await expect(readJson(post(body))).rejects.toMatchObject({ problem: { status: 400, code: 'bad-json' } })
})

test('an empty body is undefined', async () => {
  await expect(readJson(post(' '))).resolves.toBeUndefined()
})
