import { expect, test } from 'vitest'
import { bounded, largestBody } from './bounded-request.ts'

const post = (body: BodyInit) => new Request('http://tenon/', { method: 'POST', body })

test('a body of exactly the limit is read, one byte more is not', async () => {
  const text = 'x'.repeat(largestBody)
  expect(await (await bounded(post(text))).text()).toHaveLength(largestBody)
  await expect(bounded(post(`${text} `))).rejects.toMatchObject({ problem: { status: 413, code: 'body-too-large' } })
})

test('a request without a body is passed on as it is', async () => {
  const request = new Request('http://tenon/')
  expect(await bounded(request)).toBe(request)
})
