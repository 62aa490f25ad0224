import { expect, test } from 'vitest'
import { keepRounds } from './rounds.ts'

const hour = 3_600_000

/** Rounds an hour apart, and how many there were. */
function counted(fails = false) {
  const told: unknown[] = []
  let count = 0
  const rounds = keepRounds(
    async () => {
      count += 1
      if (fails) throw new Error('no')
    },
    { milliseconds: hour, onError: (error) => told.push(error) },
  )
  return { rounds, told, count: () => count }
}

test('the first round is at once, and news makes the next one', async () => {
  const { rounds, count } = counted()
  await expect.poll(count).toBe(1)
  rounds.soon()
  await expect.poll(count).toBe(2)
  rounds.soon()
  rounds.soon()
  await expect.poll(count).toBe(3)
  await rounds.stop()
})

test('news that comes during a round is not lost', async () => {
  let count = 0
  const rounds = keepRounds(
    async () => {
      count += 1
      await Promise.resolve()
      if (count === 1) rounds.soon()
    },
    { milliseconds: hour, onError: () => undefined },
  )
  await expect.poll(() => count).toBe(2)
  await rounds.stop()
})

test('a round that fails is told, and others come', async () => {
  const { rounds, told, count } = counted(true)
  await expect.poll(count).toBe(1)
  rounds.soon()
  await expect.poll(count).toBe(2)
  expect(told).toHaveLength(2)
  await rounds.stop()
})

test('stop ends the wait', async () => {
  const { rounds, count } = counted()
  await expect.poll(count).toBe(1)
  await rounds.stop()
  expect(count()).toBe(1)
})
