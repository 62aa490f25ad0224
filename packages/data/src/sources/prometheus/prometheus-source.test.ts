/** What is asked together, at servers that answer in their own way. The answers of real ones: create-data-service.integration.test.ts. */
import { createServer, type Server } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { createDataService } from '../../query/create-data-service.ts'
import { modelFile } from '../../model/model.ts'

const asOf = Date.UTC(2026, 9, 14, 14, 10)
const names = ['a', 'b', 'c', 'd', 'e', 'f']
const model = modelFile.parse({
  tenonModel: 1,
  tables: {
    t: {
      source: 'metrics',
      measures: Object.fromEntries(
        names.map((name) => [name, { title: name, kind: 'gauge', unit: 'x', bad: 'up', select: `metric_${name}` }]),
      ),
    },
  },
})

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** Answers each name in a query with its place in the alphabet, labelled as `label_replace` says when it `isAble`. */
async function store({ isAble = true, refuses = '' }: { isAble?: boolean; refuses?: string } = {}) {
  const asked: string[][] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const query = new URLSearchParams(body).get('query') ?? ''
      const found = [...query.matchAll(/metric_(\w)/g)].map(([, name]) => name!)
      if (query.includes('avg_over_time')) asked.push(found)
      if (refuses !== '' && found.includes(refuses)) {
        response.writeHead(422)
        return response.end(JSON.stringify({ status: 'error', error: `no ${refuses}` }))
      }
      const isTogether = query.includes('label_replace')
      const result = found.map((name, index) => ({
        metric: isTogether && isAble ? { tenon_part: String(index) } : {},
        values: [[asOf / 1000, query.includes('timestamp') ? String(asOf / 1000) : String(names.indexOf(name))]],
      }))
      return response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }))
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  const data = createDataService({ model, sources: async () => ({ kind: 'prometheus', url, secret: null }) })
  const ask = (name: string) => data.data({ measure: `t.${name}`, from: asOf, to: asOf, stepSeconds: 300, asOf })
  return { ask, asked, close: () => data.close() }
}

it('asks for short answers together, and gives each its own', async () => {
  const { ask, asked, close } = await store()
  const results = await Promise.all(names.map(ask))
  expect(results.map(({ series }) => series[0]!.points[0]![1])).toEqual([0, 1, 2, 3, 4, 5])
  expect(asked).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e', 'f'],
  ])
  expect(results[1]!.query.expression).toBe('sum (avg_over_time(metric_b[5m]))')
  await close()
})

it('asks each alone where one is refused, and only that one fails', async () => {
  const { ask, asked, close } = await store({ refuses: 'b' })
  const ends = await Promise.allSettled(names.map(ask))
  expect(ends.map(({ status }) => status)).toEqual(names.map((name) => (name === 'b' ? 'rejected' : 'fulfilled')))
  expect(asked.map((all) => all.join('')).toSorted()).toEqual(['a', 'abc', 'b', 'c', 'def'])
  await close()
})

it('asks each alone where the answer does not tell them apart', async () => {
  const { ask, close } = await store({ isAble: false })
  const results = await Promise.all(names.map(ask))
  expect(results.map(({ series }) => series[0]!.points[0]![1])).toEqual([0, 1, 2, 3, 4, 5])
  await close()
})
