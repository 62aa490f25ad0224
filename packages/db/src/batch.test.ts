import { expect, test } from 'vitest'
import { batched } from './batch.ts'

test('what comes while a write is under way goes out together, in order', async () => {
  const gate = Promise.withResolvers<void>()
  const batches: number[][] = []
  const write = batched<number>(async (batch) => {
    batches.push([...batch])
    await gate.promise
  }, 2)
  const all = [1, 2, 3, 4].map((one) => write(one))
  gate.resolve()
  await Promise.all(all)
  expect(batches).toEqual([[1], [2, 3], [4]])
})

test('a batch that fails tells each of its own, and the next is written', async () => {
  const write = batched<string>(async (batch) => {
    if (batch.includes('bad')) throw new Error('no')
  }, 1)
  const results = await Promise.allSettled([write('bad'), write('good')])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
})
