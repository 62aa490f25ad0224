import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { WriteScope } from '../deps.ts'
import { addToStopFile, readStopFile, removeFromStopFile } from './stop-file.ts'
import { parseStopScope, stopHolds, stopOf, stopScopeText } from './write-stop.ts'

const action: WriteScope = { target: 'shop-edge/payment', kind: 'traffic-switch', runbook: 'payment-down' }

describe('scope', () => {
  test.each([
    ['all', true],
    ['connection:shop-edge', true],
    ['connection:shop', false],
    ['target:shop-edge/payment', true],
    ['target:shop-edge/*', true],
    ['target:shop-edge/cashier', false],
    ['target:other/payment', false],
    ['kind:traffic-switch', true],
    ['kind:scale', false],
    ['runbook:payment-down', true],
    ['runbook:payment', false],
  ])('%s holds: %s', (scope, holds) => {
    expect(stopHolds({ scope }, action)).toBe(holds)
    expect(stopScopeText(parseStopScope(scope))).toBe(scope)
  })

  test('an action on all of a connection is stopped by a stop on a part of it', () => {
    expect(stopHolds({ scope: 'target:shop-edge/payment' }, { ...action, target: 'shop-edge/*' })).toBe(true)
  })

  test.each([
    '',
    'ALL',
    'all:',
    'kind:everything',
    'target:shop-edge',
    'target:/payment',
    'runbook:',
    'runbook: x',
    'x:y',
  ])('%j is none, and a stop of it holds for all', (scope) => {
    expect(() => parseStopScope(scope)).toThrow(/nothing that can be stopped/)
    expect(stopHolds({ scope }, action)).toBe(true)
  })

  test('whatever is stored, a stop on all wins, and no stop is lost', () => {
    const scope = fc.oneof(
      fc.constant('all'),
      fc.string(),
      fc.string().map((name) => `runbook:${name}`),
    )
    fc.assert(
      fc.property(fc.array(scope), (scopes) => {
        const stops = scopes.map((each) => ({ scope: each, by: 'ann', at: 0, reason: 'why' }))
        const found = stopOf(stops, action)
        expect(found === null).toBe(!stops.some((stop) => stopHolds(stop, action)))
        expect(found?.scope === 'all').toBe(scopes.includes('all'))
      }),
    )
  })
})

describe('file', () => {
  let folder: string
  let path: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenon-stop-'))
    path = join(folder, 'stop')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  test('no file is no stop; with the last stop the file goes', async () => {
    expect(await readStopFile(path)).toEqual([])
    const stop = { scope: 'kind:scale', by: 'ann', at: 1_767_225_600_000, reason: 'the cluster\tis\nmoved' }
    await addToStopFile(path, stop)
    await addToStopFile(path, { ...stop, scope: 'all', reason: 'fire' })
    await addToStopFile(path, { ...stop, scope: 'all', reason: 'a larger fire' })
    expect(await readStopFile(path)).toEqual([
      { ...stop, reason: 'the cluster is moved' },
      { ...stop, scope: 'all', reason: 'a larger fire' },
    ])
    await removeFromStopFile(path, 'all')
    expect((await readStopFile(path)).map(({ scope }) => scope)).toEqual(['kind:scale'])
    await removeFromStopFile(path, 'kind:scale')
    expect(await readStopFile(path)).toEqual([])
  })

  test.each(['', '\n', 'stop!', 'kind:scale', 'kind:nothing\t2026-01-01T00:00:00Z\tann\twhy', 'all\tnoon\tann\twhy'])(
    'a file with %j stops all',
    async (text) => {
      await writeFile(path, text)
      expect((await readStopFile(path)).map(({ scope }) => scope)).toEqual(['all'])
    },
  )

  test('what cannot be read is an error, and never no stop', async () => {
    await mkdir(path)
    await expect(readStopFile(path)).rejects.toThrow(/could not be read/)
    await expect(readStopFile(join(folder, 'gone', 'stop'))).rejects.toThrow(/could not be read/)
  })
})
