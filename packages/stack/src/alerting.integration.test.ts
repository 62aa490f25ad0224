/** On the real shop, store, rule evaluator and Alertmanager: what breaks is told to a webhook as an alert that names where. */
import { createServer, type Server } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createShopClient } from '@tenon/demo'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { alertmanagerPart, alertmanagerUrl, ruleEvaluatorPart } from './alerting.ts'
import { shopPart } from './app-parts.ts'
import { findTool } from './binaries.ts'
import { repository } from './home.ts'
import { metricsStorePart, metricsStoreUrl } from './metrics-store.ts'
import { Ports } from './ports.ts'
import { Supervisor } from './supervisor.ts'
import { alertmanagerTool, metricsTool, vmalertTool } from './tools.ts'

const notification = z.object({
  version: z.literal('4'),
  alerts: z.array(
    z.object({
      status: z.enum(['firing', 'resolved']),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()),
      generatorURL: z.string(),
    }),
  ),
})
type Told = z.infer<typeof notification>['alerts'][number]

const told: Told[] = []
const credentials = new Set<string | undefined>()
let directory: string
let supervisor: Supervisor
let receiver: Server
let shopUrl: string
let storeUrl: string

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tenon-alerting-'))
  supervisor = new Supervisor({ logDirectory: join(directory, 'logs') })
  const ports = new Ports()
  const port = async (): Promise<number> => (await ports.choose(0)).port
  const [receiverPort, storePort, alertsPort, rulesPort] = [await port(), await port(), await port(), await port()]
  const [shopPort, trafficPort, edgeAdminPort] = [await port(), await port(), await port()]
  receiver = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      // The shop tells of its changes here too.
      if (request.url !== '/hook') return response.writeHead(404).end()
      credentials.add(request.headers.authorization)
      told.push(...notification.parse(JSON.parse(body)).alerts)
      response.writeHead(202).end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(receiverPort, '127.0.0.1', resolve))

  shopUrl = `http://127.0.0.1:${shopPort}`
  storeUrl = metricsStoreUrl({ port: storePort })
  const targetsFile = join(directory, 'shop', 'targets.json')
  const [store, evaluator, grouper] = await Promise.all([
    findTool(metricsTool),
    findTool(vmalertTool),
    findTool(alertmanagerTool),
  ])
  const metrics = { executable: store.path, port: storePort, directory: join(directory, 'metrics'), targetsFile }
  await supervisor.start(metricsStorePart(metrics))
  await supervisor.start(
    shopPart({
      directory: join(directory, 'shop'),
      port: shopPort,
      trafficPort,
      edgeAdminPort,
      edge: 'builtin',
      storeUrl,
      targetsFile,
      tenonUrl: `http://127.0.0.1:${receiverPort}`,
      tenonToken: 'none',
      fault: 'none',
    }),
  )
  const folder = join(directory, 'alerts')
  await supervisor.start(
    alertmanagerPart({
      executable: grouper.path,
      port: alertsPort,
      directory: folder,
      webhook: {
        url: `http://127.0.0.1:${receiverPort}/hook`,
        secret: 'shown',
        groupWaitSeconds: 1,
        groupIntervalSeconds: 2,
      },
    }),
  )
  await supervisor.start(
    ruleEvaluatorPart({
      executable: evaluator.path,
      port: rulesPort,
      storeUrl,
      alertmanagerUrl: alertmanagerUrl({ port: alertsPort }),
      rules: join(repository, 'demo', 'alerts'),
      directory: folder,
      tenonUrl: 'http://tenon.invalid',
      intervalSeconds: 2,
    }),
  )
}, 120_000)

afterAll(async () => {
  await supervisor?.stop()
  receiver?.close()
  rmSync(directory, { recursive: true, force: true })
}, 60_000)

test(
  'a fault in the shop is told as an alert, with where it is, its figures and its links',
  { timeout: 180_000 },
  async () => {
    await createShopClient(shopUrl).setFault('bad-change', 0.9)
    await expect
      .poll(
        () => told.find(({ labels, status }) => labels.alertname === 'PaymentSuccessRateLow' && status === 'firing'),
        {
          timeout: 90_000,
          interval: 250,
        },
      )
      .toMatchObject({
        labels: { service: 'payment', severity: 'critical', team: 'payments' },
        annotations: {
          summary: expect.stringMatching(/^Payment succeeds for \d+(\.\d+)?% of attempts$/),
          tenon_measure: 'payment.success-rate',
          tenon_entity: 'payment',
          runbook_url: 'http://tenon.invalid/diagnose?entity=payment&symptom=errors',
        },
        generatorURL: expect.stringContaining(`${storeUrl}/vmui/`),
      })
    const hosts = () =>
      told.filter(({ labels }) => labels.alertname === 'HostErrorsHigh').map(({ labels }) => labels.host)
    // Its rule waits longer than that of the whole service.
    await expect.poll(hosts, { timeout: 60_000, interval: 250 }).toContain('pay-a-1')
    expect([...credentials]).toEqual(['Bearer shown'])
  },
)
