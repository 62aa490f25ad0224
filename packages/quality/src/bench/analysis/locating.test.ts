import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { multidimPart } from './multidim.ts'
import { rcaPart } from './rca.ts'

let root: string
const notes: string[] = []
const folders = () => ({
  data: join(root, 'data'),
  out: join(root, 'out'),
  say: () => {},
  note: (line: string) => void notes.push(line),
})

async function put(path: string, text: string): Promise<void> {
  const file = join(root, 'data', path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, path.endsWith('.gz') ? gzipSync(text) : text)
}

async function answers(path: string): Promise<unknown> {
  return JSON.parse(await readFile(join(root, 'out', path), 'utf8'))
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tenon-locating-'))
})

afterAll(async () => {
  await rm(root, { recursive: true, force: true })
})

const pairs = ['A', 'B', 'C', 'D'].flatMap((zone) =>
  ['ios', 'web', 'tv', 'api'].map((client) => [zone, client] as const),
)

test('tables are known by their columns, packed or not; others are noted', async () => {
  const counted = pairs.map(([zone, client], index) => {
    const forecast = 100 + index
    const actual = forecast * (zone === 'B' ? 0.5 : 1 + 0.01 * Math.sin(index))
    return `${zone},${client},${actual},${forecast}`
  })
  const minutes = [0, 60, 120, 180, 240, 300].flatMap((t) =>
    pairs.map(([zone, client]) => `${t},${zone},${client},${t === 240 && client === 'tv' ? 90 : 4},200`),
  )
  await put('multidim/counts/1.csv.gz', ['zone,client,real,predict', ...counted].join('\n'))
  await put('multidim/shares/x.csv', ['min,zone,client,value,cnt', ...minutes].join('\r\n'))
  await put('multidim/shares/odd.csv', 'colour,size\nred,3')
  expect(await multidimPart.answer?.(folders())).toBe(true)
  expect(await answers('multidim/counts/answers.json')).toEqual({ 1: [{ zone: 'B' }] })
  expect(await answers('multidim/shares/answers.json')).toEqual({ x: [{ client: 'tv' }] })
  expect(notes).toEqual(['multidim/shares: 1 files have columns that are not known'])
})

test('a call graph with cases is ranked; what is laid out otherwise is noted and skipped', async () => {
  const series = (count: number, bad: (node: string) => number) =>
    ['web', 'pay', 'bank'].flatMap((node, seed) => [
      { node, metric: 'requests', stat: 'Sum', values: Array.from({ length: count }, () => 100) },
      {
        node,
        metric: 'latency',
        stat: 'Average',
        values: Array.from(
          { length: count },
          (_, step) => 0.1 + 0.002 * Math.sin(step + seed) + (step >= 3 ? bad(node) : 0),
        ),
      },
    ])
  const times = (count: number) => Array.from({ length: count }, (_, step) => 60 * step)
  const target = { node: 'web', metric: 'latency' }
  const one = { id: 'one', target, metrics: { timestamps: times(6), series: series(6, () => 0.3) } }
  const edges = [
    ['web', 'pay'],
    ['pay', 'bank'],
  ]
  await put('rca/shop/low/graph.json', JSON.stringify({ nodes: ['web', 'pay', 'bank'], edges }))
  await put('rca/shop/low/normal.json.gz', JSON.stringify({ timestamps: times(60), series: series(60, () => 0) }))
  await put('rca/shop/low/cases/one.json.gz', JSON.stringify(one))
  await put('rca/shop/low/cases/two.json', JSON.stringify({ id: 'two' }))
  await put('rca/other/data.csv', 'time,a')
  notes.length = 0
  expect(await rcaPart.answer?.(folders())).toBe(true)
  const ranks = (await answers('rca/shop/ranks.json')) as Record<string, string[]>
  expect(ranks['one']?.[0]).toBe('bank')
  expect(Object.keys(ranks)).toEqual(['one'])
  expect(notes).toEqual([
    'rca/other: not a call graph with cases, not answered',
    'low/two.json: laid out otherwise, not answered',
  ])
})

test('a folder without such data is said to have none', async () => {
  const empty = { ...folders(), data: join(root, 'nothing') }
  expect(await multidimPart.answer?.(empty)).toBe(false)
  expect(await rcaPart.answer?.(empty)).toBe(false)
})
