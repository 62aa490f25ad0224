import { expect, test } from 'vitest'
import { createRecorder } from './recorder.ts'

test('what comes while a write is under way goes out together, in order, and each resolves when it is written', async () => {
  const batches: number[][] = []
  const gate = Promise.withResolvers<void>()
  const recorder = createRecorder<number>(async (batch) => {
    batches.push([...batch])
    if (batches.length === 1) await gate.promise
  }, 3)
  const first = recorder.record(1)
  while (batches.length === 0) await new Promise(setImmediate)
  const rest = [2, 3, 4, 5].map((one) => recorder.record(one))
  let written = false
  void rest[0]?.then(() => (written = true))
  await new Promise(setImmediate)
  expect(written).toBe(false)
  gate.resolve()
  await Promise.all([first, ...rest])
  expect(batches).toEqual([[1], [2, 3, 4], [5]])
})

test('one that cannot be written spoils no other of its batch', async () => {
  const written: string[] = []
  const recorder = createRecorder<string>(async (batch) => {
    if (batch.includes('bad')) throw new Error('no such runbook')
    written.push(...batch)
  })
  const results = await Promise.allSettled(['a', 'bad', 'b'].map((one) => recorder.record(one)))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(results[1]).toMatchObject({ reason: { code: 'express-not-recorded', retryable: true } })
  expect(written).toEqual(['a', 'b'])
})
