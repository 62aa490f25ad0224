/** The whole shop on real parts: hosts, both edges, and the store that keeps its past. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { runShop, type RunningShop } from './run-shop.ts'
import { createShopClient, type ShopClient } from './shop-client.ts'
import { readSettings } from './settings.ts'
import { simulate } from './simulate.ts'
import { HOSTS, SERVICES } from './world.ts'

const edges = [
  { edge: 'haproxy', kind: 'haproxy' },
  { edge: 'builtin', kind: 'http-edge' },
] as const

describe.each(edges)('behind the $edge edge', ({ edge, kind }) => {
  let home: string
  let shop: RunningShop
  let client: ShopClient

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'tenon-shop-'))
    const settings = readSettings({ SHOP_HOME: home, SHOP_EDGE: edge })
    shop = await runShop({ ...settings, say: () => undefined, volume: 2, withHistory: false })
    client = createShopClient(shop.url)
  }, 20_000)
  afterAll(async () => {
    await shop.close()
    await rm(home, { recursive: true })
  })

  const requests = (prefix: string) =>
    shop.hosts.filter(({ host }) => host.id.startsWith(prefix)).reduce((sum, host) => sum + host.answered().requests, 0)
  const failed = (prefix: string) =>
    shop.hosts
      .filter(({ host }) => host.id.startsWith(prefix))
      .reduce((sum, host) => sum + host.answered().requests - host.answered().ok, 0)

  test('orders pass every service, in both zones', async () => {
    await until(() =>
      SERVICES.every(({ hostPrefix }) => ['a', 'b'].every((zone) => requests(`${hostPrefix}-${zone}`) > 3)),
    )
    expect(shop.edge.kind).toBe(kind)
    await until(async () => (await client.state()).ordersPerMinute > 60)
    expect((await client.state()).hosts).toHaveLength(HOSTS.length)
  }, 30_000)

  test('a bad change fails on the hosts that got it, and only there', async () => {
    await client.setFault('bad-change', 0.9)
    const before = { bad: failed('pay-a'), good: failed('pay-b'), served: requests('pay-b') }
    await until(() => failed('pay-a') - before.bad > 20 && requests('pay-b') - before.served > 20)
    // Zone B keeps its ordinary 4 % of losses.
    expect(failed('pay-b') - before.good).toBeLessThan((failed('pay-a') - before.bad) / 2)
    const { hosts } = await client.state()
    expect(hosts.filter(({ version }) => version === 'v2').map(({ id }) => id)).toEqual([
      'pay-a-1',
      'pay-a-2',
      'pay-a-3',
    ])
    await client.clearFaults()
    expect((await client.state()).hosts.every(({ version }) => version === 'v1')).toBe(true)
  }, 30_000)

  test('weights of 0 move the requests to the other zone, and full weights bring them back', async () => {
    const zoneA = ['pay-a-1', 'pay-a-2', 'pay-a-3']
    await setWeights(shop, zoneA, 0)
    // What was on its way when the weights changed still arrives.
    await sleep(1_500)
    const before = { a: requests('pay-a'), b: requests('pay-b') }
    await until(() => requests('pay-b') - before.b > 30)
    expect(requests('pay-a')).toBe(before.a)
    await setWeights(shop, zoneA, 100)
    await until(() => requests('pay-a') - before.a > 10)
  }, 40_000)
})

describe('the past of a shop', () => {
  const storeUrl = z.string().parse(process.env.TEST_METRICS_URL)
  const series = z.object({ data: z.array(z.record(z.string(), z.string())) })
  let home: string
  let shop: RunningShop
  let began: number

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'tenon-shop-'))
    began = Date.now()
    const settings = readSettings({
      SHOP_HOME: home,
      SHOP_STORE_URL: storeUrl,
      SHOP_EDGE: 'builtin',
      SHOP_FAULT: 'bad-change',
    })
    shop = await runShop({ ...settings, say: () => undefined })
  }, 60_000)
  afterAll(async () => {
    await shop.close()
    await rm(home, { recursive: true })
  })

  test('an incident is under way that began minutes ago, and the store shows it', async () => {
    const { faults } = await createShopClient(shop.url).state()
    expect(faults).toMatchObject([{ kind: 'bad-change' }])
    expect(began - Date.parse(faults[0]?.since ?? '')).toBeGreaterThan(5 * 60_000)
    const url = new URL('/api/v1/query', storeUrl)
    url.searchParams.set('query', 'sum(increase(shop_requests_total{version="v2",outcome="error"}[10m])) by (service)')
    url.searchParams.set('nocache', '1')
    const { data } = z
      .object({
        data: z.object({
          result: z.array(
            z.object({ metric: z.object({ service: z.string() }), value: z.tuple([z.number(), z.string()]) }),
          ),
        }),
      })
      .parse(await (await fetch(url)).json())
    expect(data.result.map(({ metric }) => metric.service)).toEqual(['payment'])
    expect(Number(data.result[0]?.value[1])).toBeGreaterThan(20)
  })

  test('what is scraped of a host goes on with the very series that its history has', async () => {
    const targets = z
      .array(z.object({ targets: z.tuple([z.string()]), labels: z.record(z.string(), z.string()) }))
      .parse(JSON.parse(await readFile(join(home, 'targets.json'), 'utf8')))
    expect(targets).toHaveLength(HOSTS.length + 2)
    for (const instance of ['pay-a-1', 'stock-b-3', 'marketplace', 'payment-db']) {
      const group = targets.find(({ labels }) => labels.instance === instance)
      const text = await (await fetch(`http://${group?.targets[0]}/metrics`)).text()
      const live = [...text.matchAll(/^(\w+)\{(.*)\} /gm)].map(([, name, labels]) =>
        identity({ __name__: name ?? '', ...pairs(labels ?? ''), ...group?.labels }),
      )
      const url = new URL('/api/v1/series', storeUrl)
      url.searchParams.set('match[]', `{instance="${instance}"}`)
      // The last two minutes: before its change pay-a-1 ran v1.
      url.searchParams.set('start', String(Date.now() / 1000 - 120))
      const kept = series.parse(await (await fetch(url)).json()).data.map(identity)
      expect(live.length).toBeGreaterThan(1)
      // The store finds series by the day, so that v1 of a changed host is among them.
      expect(live.filter((each) => !kept.includes(each))).toEqual([])
      const simulated = simulate({ from: 0, to: 60_000, stepSeconds: 60, seed: 1 }).series.filter(
        ({ labels }) => labels.instance === instance,
      ).length
      expect(live).toHaveLength(simulated)
    }
  })
})

/** Tries until it holds; the test's own time limit ends it. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(100)
}

async function setWeights(shop: RunningShop, hosts: readonly string[], weight: number): Promise<void> {
  switch (shop.edge.kind) {
    case 'haproxy': {
      for (const host of hosts)
        await runtime(new URL(shop.edge.adminAddress).port, `set server payment/${host} weight ${weight}`)
      return
    }
    case 'http-edge': {
      const response = await fetch(`${shop.edge.adminAddress}/backends/payment/weights`, {
        method: 'PUT',
        body: JSON.stringify({ weights: Object.fromEntries(hosts.map((host) => [host, weight])) }),
      })
      if (!response.ok) throw new Error(await response.text())
    }
  }
}

function runtime(port: string, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(`${command}\n`))
    let said = ''
    socket.setTimeout(5_000, () => socket.destroy(new Error('no answer')))
    socket.on('data', (chunk: Buffer) => (said += chunk.toString()))
    socket.on('error', reject)
    socket.on('end', () => (said.trim() === '' ? resolve() : reject(new Error(said))))
  })
}

const pairs = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name ?? '', value ?? '']))

const identity = (labels: Record<string, string>): string =>
  JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
