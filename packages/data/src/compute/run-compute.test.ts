import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDataService, type OpenDataService } from '../create-data-service.ts'
import { model } from '../model.ts'
import type { ComputeAskInput } from './ask.ts'

const t0 = Date.UTC(2026, 10, 28, 11)
const at = (seconds: number) => new Date(t0 + seconds * 1000).toISOString()
let folder: string
let service: OpenDataService

const shop = model.parse({
  tenonModel: 1,
  entities: [
    { id: 'trade', kind: 'service' },
    { id: 'zone-A', kind: 'zone', attributes: { zone: 'A' } },
    ...['a-1', 'a-2', 'b-1'].map((host) => ({
      id: `trade-${host}`,
      kind: 'host',
      attributes: { service: 'trade', zone: host.startsWith('a') ? 'A' : 'B' },
    })),
  ],
  tables: {
    'trade-access': {
      source: 'logs',
      from: 'trade/{host}/access.log*',
      parse: '<time> <level> <method> <path> <status> <took>',
      dimensions: { host: 'host', method: 'method', status: 'status' },
      measures: {},
    },
  },
  relations: [],
  chains: [],
})

function write(name: string, content: string | Buffer): void {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-compute-'))
  process.env['TENON_FILES_DIR'] = folder
  const line = (second: number, method: string, status: number, took: string) =>
    `${at(second)} info ${method} /api/orders ${status} ${took}`
  write(
    'trade/trade-a-1/access.log',
    [line(0, 'GET', 200, '0.1'), line(10, 'POST', 500, '0.9'), 'Traceback (most recent call last)', ''].join('\n'),
  )
  write('trade/trade-a-1/access.log.1.gz', gzipSync(`${line(20, 'GET', 200, '0.3')}\n`))
  write('trade/trade-a-2/access.log', `${line(30, 'GET', 200, '-')}\n${line(3_600, 'GET', 200, '0.3')}\n`)
  write('trade/trade-b-1/access.log', `${line(0, 'GET', 200, 'slow')}\n`)
  service = createDataService({
    model: shop,
    sources: async (name) => (name === 'logs' ? { kind: 'files', url: folder, secret: null } : null),
  })
})
afterAll(async () => {
  await service.close()
  rmSync(folder, { recursive: true, force: true })
})

const range = { from: at(0), to: at(3_600) }
const ask = (more: Partial<ComputeAskInput>) => service.compute({ from: 'trade-access', range, ...more })

test('calls of an application on the hosts of a zone, by method', async () => {
  const result = await ask({
    entities: { of: 'trade', where: { zone: 'A' } },
    groupBy: ['method'],
    aggregates: [{ fn: 'count' }, { fn: 'avg', field: 'took' }],
  })
  expect(result.columns).toEqual([
    { name: 'method', type: 'text' },
    { name: 'count', type: 'number' },
    { name: 'avg_took', type: 'number' },
  ])
  expect(result.rows).toEqual([
    ['GET', 3, 0.2],
    ['POST', 1, 0.9],
  ])
  expect(result.read).toEqual({ matched: 4, outside: 1, malformed: 1, blank: 0 })
  expect(result.notes).toContain('1 line is not of the format and not counted.')
  expect(result.query).toContain('GROUP BY')
  expect(result.query).not.toContain(folder)
})
