/**
 * Answers as ClickHouse did when it was asked: `clickhouse-26.9.jsonl` is a conversation recorded from the engine of ClickHouse 26.9.2.1 (as
 * chDB packs it, behind HTTP), a line a question. It holds the facts of `makeDataset(recordedEnd)`. A question that is not in it is refused,
 * so that a change of any statement shows; then it is recorded anew: load the facts, ask `recordedCases`, write down what passes.
 */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import * as z from 'zod'
import { conformanceCases } from '../conformance/cases.ts'

export const recordedEnd = Date.UTC(2026, 5, 1, 12)

/** Every measure in steps of minutes, and every absent value; those with few points, so that the recording stays small. */
export const recordedCases = conformanceCases.filter(
  ({ stepSeconds, isAbsent, groupBy }) => (stepSeconds === 300 && groupBy === undefined) || isAbsent === true,
)

const exchange = z.object({
  query: z.string(),
  params: z.record(z.string(), z.string()),
  status: z.number(),
  code: z.string().nullable(),
  body: z.string(),
})

export async function replayClickhouse(): Promise<{ url: string; unknown: string[]; stop(): Promise<void> }> {
  const lines = readFileSync(new URL('clickhouse-26.9.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n')
  const exchanges = lines.map((line) => exchange.parse(JSON.parse(line)))
  const answers = new Map(exchanges.map((one) => [keyOf(one.query, one.params), one]))
  const unknown: string[] = []
  const server = createServer((request, response) => {
    void readQuestion(request).then(({ query, params }) => {
      const found = answers.get(keyOf(query, params))
      if (!found) unknown.push(query)
      const { status, code, body } = found ?? { status: 500, code: '0', body: 'Code: 0. This was not recorded.' }
      if (code !== null) response.setHeader('X-ClickHouse-Exception-Code', code)
      response.writeHead(status, { 'content-type': 'application/x-ndjson' }).end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    unknown,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const keyOf = (query: string, params: Record<string, string>) =>
  JSON.stringify([query, Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1))])

/** Parameters stand in the address, or with many of them all in a form. */
async function readQuestion(request: IncomingMessage): Promise<{ query: string; params: Record<string, string> }> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  const given: [string, string][] = [...new URL(request.url ?? '/', 'http://clickhouse').searchParams]
  let query = body.toString('utf8')
  const type = request.headers['content-type'] ?? ''
  if (type.startsWith('multipart/form-data')) {
    const form = await new Response(body, { headers: { 'content-type': type } }).formData()
    for (const [name, value] of form) if (typeof value === 'string') given.push([name, value])
    query = given.find(([name]) => name === 'query')?.[1] ?? ''
  }
  const params = given.flatMap(([name, value]): [string, string][] =>
    name.startsWith('param_') ? [[name.slice('param_'.length), value]] : [],
  )
  return { query, params: Object.fromEntries(params) }
}
