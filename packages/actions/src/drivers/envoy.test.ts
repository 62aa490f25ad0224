import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeDriver } from '../../test/conformance.ts'
import { freely } from '../../test/edge-world.ts'
import { startEnvoyAdmin, type EnvoyAdmin } from '../../test/envoy-admin.ts'
import { startFaultProxy } from '../../test/fault-proxy.ts'
import type { Driver, Intent, SettingValue } from '../driver.ts'
import { createEnvoyDriver } from './envoy.ts'

const key = 'routing.traffic_shift.payment'
const target = `feature:${key}`
const base = { [key]: 10, 'feature.search': true, mode: 'full', words: 'two words' }
const set = (value: SettingValue, name = key, of = target): Intent => ({
  kind: 'set-values',
  target: of,
  values: { [name]: value },
})
const driverAt = (port: number): ReturnType<typeof createEnvoyDriver> =>
  createEnvoyDriver({ address: `http://127.0.0.1:${port}`, timeoutMs: 1500 })
const kind = process.env['ENVOY'] ? 'Envoy, real' : 'an imitation of Envoy'

describeDriver(`${kind}: a runtime key`, async () => {
  const envoy = await startEnvoyAdmin({ base, adminLayer: true })
  const between = await startFaultProxy({
    upstreamPort: envoy.port,
    kindOf: (text) => (text.startsWith('GET ') ? 'read' : text.startsWith('POST ') ? 'write' : 'more'),
    doneAnswer: 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nOK\n',
    endsAfterAnswer: false,
  })
  return {
    driver: driverAt(between.port),
    away: driverAt(1),
    target,
    change: set(50),
    back: set(10),
    unknownTarget: 'feature:nothing',
    refused: [
      set(101),
      set(-1),
      set(1.5),
      set('50'),
      set(true),
      set(null),
      set(Infinity),
      set('a&b=c'),
      set('a b', 'mode', 'feature:mode'),
      set('true', 'mode', 'feature:mode'),
      set('', 'mode', 'feature:mode'),
      set(50, 'mode'),
      set(50, 'a&b', 'feature:a&b'),
      { kind: 'set-values', target, values: {} },
      { kind: 'set-values', target, values: { [key]: 50, mode: 'off' } },
      { kind: 'set-weights', target, weights: { 'pay-a-1': 0 } },
    ],
    writes: between.writes,
    fail: between.fail,
    cannot: { 'half-apply': 'one call sets the one key' },
    touch: () => driverAt(envoy.port).apply(set(70), freely),
    compares: true,
    vanish: envoy.close,
    async close() {
      await between.close()
      await envoy.close()
    },
  }
})

describe(`${kind}: its runtime`, () => {
  let world: EnvoyAdmin
  let envoy: Driver
  beforeAll(async () => {
    world = await startEnvoyAdmin({ base, adminLayer: true })
    envoy = driverAt(world.port)
  }, 20_000)
  afterAll(() => world?.close())

  const layersOf = async (name: string): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${world.port}/runtime?format=json`)
    return ((await answer.json()) as { entries: Record<string, { layer_values: string[] }> }).entries[name]
      ?.layer_values
  }

  it('sets numbers, words and truth values, and leaves no override behind when it puts them back', async () => {
    for (const [name, value, usual] of [
      [key, 0, 10],
      ['feature.search', false, true],
      ['mode', 'cached', 'full'],
    ] as const) {
      await envoy.apply(set(value, name, `feature:${name}`), freely)
      expect((await envoy.observe(`feature:${name}`)).values).toEqual({ [name]: value })
      expect(await layersOf(name)).toEqual([String(usual), String(value)])
      await envoy.apply(set(usual, name, `feature:${name}`), freely)
      expect(await layersOf(name)).toEqual([String(usual), ''])
    }
  })

  it('a restart forgets what was set, and another instance answers', async () => {
    await envoy.apply(set(50), freely)
    const before = await envoy.observe(target)
    expect((await envoy.observe(target)).instance).toBe(before.instance)
    await world.restart()
    const after = await envoy.observe(target)
    expect(after.values).toEqual({ [key]: 10 })
    expect(after.instance).not.toBe(before.instance)
    expect(after.instance).not.toBeNull()
  })

  it('does not touch what it could not put back', async () => {
    await expect(envoy.observe('feature:words')).rejects.toMatchObject({ code: 'bad-answer' })
    await expect(envoy.apply(set('one', 'words', 'feature:words'), freely)).rejects.toMatchObject({
      code: 'bad-answer',
    })
    expect(await layersOf('words')).toEqual(['two words', ''])
  })

  it('says that a target which is no feature is none', async () => {
    await expect(envoy.observe('payment')).rejects.toMatchObject({ code: 'unknown-target' })
  })

  it('names its keys', async () => {
    expect(await driverAt(world.port).keys()).toEqual(['feature.search', 'mode', key, 'words'])
  })
})

it(`${kind}: without an admin layer it says which line is missing`, async () => {
  const world = await startEnvoyAdmin({ base, adminLayer: false })
  try {
    const envoy = driverAt(world.port)
    expect((await envoy.observe(target)).values).toEqual({ [key]: 10 })
    await expect(envoy.apply(set(50), freely)).rejects.toMatchObject({
      code: 'target-refused',
      retryable: false,
      fix: expect.stringContaining('admin_layer') as unknown,
    })
  } finally {
    await world.close()
  }
})

it.each([
  ['no JSON', 200, '<html>', 'bad-answer'],
  ['other JSON', 200, '{"entries":[]}', 'bad-answer'],
  ['a refusal', 403, 'no', 'target-refused'],
])('what is no Envoy is said to be none: %s', async (_, status, body, code) => {
  const server = createServer((_request, response) => void response.writeHead(status).end(body))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  try {
    const driver = driverAt((server.address() as AddressInfo).port)
    await expect(driver.observe(target)).rejects.toMatchObject({ code })
    await expect(driver.apply(set(50), freely)).rejects.toMatchObject({ code })
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
