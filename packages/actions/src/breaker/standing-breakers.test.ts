import { expect, test } from 'vitest'
import type { Breaker, BreakerStore } from './breaker.ts'
import type { HarmSample } from './judge-bounds.ts'
import { createStandingBreakers, type TripOutcome } from './standing-breakers.ts'

/** Storage in memory, as PostgreSQL keeps it; `now` is its clock. */
function world(over: Partial<Breaker> = {}) {
  const begin = Date.UTC(2026, 9, 1, 14)
  let now = begin
  let row: Breaker = {
    id: 'b',
    name: 'Load test',
    bounds: [{ measure: 'pay.success', where: {}, minimum: 0.98, maximum: null, source: 'model' }],
    onBreach: { kind: 'tell' },
    graceSeconds: 30,
    state: 'watching',
    by: 'ann',
    startedAt: begin,
    endsAt: begin + 600_000,
    pushed: [],
    trippedAt: null,
    detail: null,
    result: null,
    settledAt: null,
    ...over,
  }
  const log: string[] = []
  const told: TripOutcome[] = []
  const store: BreakerStore = {
    now: async () => now,
    async open() {
      if (row.state === 'watching' && row.endsAt <= now) row = { ...row, state: 'ended' }
      return row.state === 'watching' || (row.state === 'tripped' && row.result === null) ? [row] : []
    },
    async trip(_id, { detail }) {
      if (row.state !== 'watching') return null
      log.push('tripped')
      row = { ...row, state: 'tripped', trippedAt: now, detail }
      return row
    },
    async settle(_id, result) {
      log.push('settled')
      row = { ...row, result, settledAt: now }
    },
  }
  let value: number | null = 0.99
  let refuses = false
  const make = () =>
    createStandingBreakers({
      store,
      read: async ({ measure, where }): Promise<HarmSample | null> => {
        log.push('read')
        return value === null ? null : { measure, where, at: now, value }
      },
      async carryOut() {
        log.push('carried out')
        if (refuses) throw new Error('The receiver is away.')
        return 'Done.'
      },
      notify: async (_breaker, outcome) => void told.push(outcome),
      onError: (what, error) => log.push(`${what}: ${String(error)}`),
    })
  const round = async (breakers = make()) => {
    now += 1000
    await breakers.round(new AbortController().signal)
    await breakers.settled()
  }
  return {
    round,
    make,
    told,
    row: () => row,
    log: () => log.filter((line) => line !== 'read'),
    reads: () => log.filter((line) => line === 'read').length,
    measured: (next: number | null) => void (value = next),
    refuses: (next: boolean) => void (refuses = next),
    pass: (seconds: number) => void (now += seconds * 1000),
    push: (sample: HarmSample) => void (row = { ...row, pushed: [sample] }),
    now: () => now,
  }
}

test('a breach is on record before anything is done, once', async () => {
  const { round, log, row, measured, told } = world()
  await round()
  expect(row().state).toBe('watching')
  measured(0.9)
  await round()
  await round()
  expect(log()).toEqual(['tripped', 'carried out', 'settled'])
  expect(row()).toMatchObject({ state: 'tripped', detail: 'pay.success is 0.9, below 0.98', result: 'Done.' })
  expect(told).toEqual([{ kind: 'carried-out', result: 'Done.' }])
})

test('no data within the grace is waited for, after it that is a breach', async () => {
  const { round, row, measured, pass } = world()
  measured(null)
  await round()
  expect(row().state).toBe('watching')
  pass(30)
  await round()
  expect(row().detail).toMatch(/no value for more than 30 s/)
})

test('who pushed and stopped has tripped it after the grace; nobody else is asked', async () => {
  const pushedOnly = { measure: 'pay.p99', where: {}, minimum: null, maximum: 2, source: 'pushed' } as const
  const { round, row, push, now, pass, reads } = world({ bounds: [pushedOnly] })
  await round()
  push({ measure: 'pay.p99', where: {}, at: now(), value: 1 })
  pass(20)
  await round()
  expect(row().state).toBe('watching')
  pass(20)
  await round()
  expect(row().state).toBe('tripped')
  expect(reads()).toBe(0)
})

test('another worker goes on: with what was tripped and not done, and with what is watched', async () => {
  const { round, row, log, refuses, measured } = world()
  measured(0.9)
  refuses(true)
  await round()
  expect(row()).toMatchObject({ state: 'tripped', result: null })
  refuses(false)
  await round()
  expect(row().result).toBe('Done.')
  expect(log().filter((line) => line === 'tripped')).toHaveLength(1)
})

test('what fails is told after a while, tried again with pauses, and given up after an hour', async () => {
  const { round, make, row, told, refuses, measured, pass, log } = world()
  measured(0.9)
  refuses(true)
  const one = make()
  await round(one)
  await round(one)
  expect(log().filter((line) => line === 'carried out')).toHaveLength(1)
  expect(told).toEqual([])
  pass(10)
  await round()
  expect(told).toEqual([{ kind: 'failed', why: 'The receiver is away.', again: true }])
  pass(3600)
  await round()
  expect(told.at(-1)).toMatchObject({ kind: 'failed', again: false })
  expect(row().result).toBe('Given up: The receiver is away.')
})

test('one that is over watches nothing', async () => {
  const { round, row, measured, pass } = world()
  pass(600)
  measured(0.9)
  await round()
  expect(row()).toMatchObject({ state: 'ended', trippedAt: null })
})

test('two that watch at once trip it once', async () => {
  const { round, make, log, measured } = world()
  measured(0.9)
  await Promise.all([round(make()), round(make())])
  expect(log().filter((line) => line === 'tripped')).toHaveLength(1)
})
