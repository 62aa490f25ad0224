import { createServer } from 'node:http'
import { once } from 'node:events'
import { exact, type ServedSubject } from './conformance.ts'
import type { Dataset } from './dataset.ts'
import { rowsBinding } from './measures.ts'
import { rowTablesOf } from './stored-facts.ts'

/** By an endpoint that gives the rows of a time as JSON, and some beside it, because not every endpoint is exact. */
export async function serveHttpJson(dataset: Dataset): Promise<ServedSubject> {
  const tables = new Map(
    rowTablesOf(dataset).map(({ name, columns, rows }) => {
      const unique = [...new Map(rows.map((row) => [row[0], row])).values()]
      const named = unique.map((row) => Object.fromEntries(columns.map((column, index) => [column.name, row[index]])))
      return [`/api/${name}`, named]
    }),
  )
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://loopback')
    const rows = tables.get(pathname)
    if (!rows) return response.writeHead(404).end()
    const [after, before] = [Number(searchParams.get('after')), Number(searchParams.get('before'))]
    const some = rows.filter(({ time }) => Number(time) >= after - 1_000 && Number(time) <= before + 1_000)
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data: { rows: some } }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/api`
  return {
    subject: {
      name: 'HTTP JSON',
      address: { kind: 'http-json', url, secret: null },
      binding: rowsBinding((relation) => `${relation}?after={from:ms}&before={to:ms}#/data/rows`),
      tolerance: exact,
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
