/** Sources that hang, lie, flood or fail: what is made of it is bounded and clear, other runs go on, and no credential is shown. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createDataService } from './create-data-service.ts'
import { DataError } from '../data-error.ts'
import { modelFile } from '../model/model.ts'
import { createRunScope } from '../planner/run-scope.ts'
import type { DataQuery, DataResult } from './service.ts'
import type { SeriesAnswer, Source } from '../sources/source.ts'

const minute = 60_000
const asOf = Date.UTC(2026, 9, 14, 14, 10)
const secret = 'reader:S3cr3t-p4ss'
const measures = {
  ok: { title: 'x', kind: 'counter', unit: 'requests/min', bad: 'down', select: 'x_total' },
  used: { title: 'x', kind: 'gauge', unit: 'connections', bad: 'up', select: 'x' },
}
const dimensions = { zone: 'zone', host: 'host' }
const model = modelFile.parse({
  tenonModel: 1,
  entities: [
    { id: 'pay', kind: 'service' },
    { id: 'h1', kind: 'host', attributes: { service: 'pay', zone: 'A' } },
  ],
  tables: {
    bad: { entity: 'pay', source: 'bad', dimensions, expected: { service: 'pay' }, measures },
    good: { entity: 'pay', source: 'good', dimensions, measures },
  },
})
const query: DataQuery = { measure: 'bad.ok', from: asOf - 10 * minute, to: asOf, stepSeconds: 60, asOf }

/** What holds of every answer, whatever the source gave. */
function expectSound(result: DataResult): void {
  const grid = Array.from({ length: 11 }, (_, index) => query.from + index * minute)
  expect(result.series.length).toBeLessThanOrEqual(2_000)
  for (const { points, quality } of [...result.series, { points: [], quality: result.quality }]) {
    expect(points.length === 0 || points.map(([t]) => t).join() === grid.join()).toBe(true)
    expect(points.every(([, value]) => value === null || Number.isFinite(value))).toBe(true)
    expect(quality.completeness).toBeGreaterThanOrEqual(0)
    expect(quality.completeness).toBeLessThanOrEqual(1)
    expect(quality.freshnessSeconds ?? 0).toBeGreaterThanOrEqual(0)
    expect(quality.notes.length).toBeLessThan(20)
  }
}

const time = fc.oneof(
  fc.integer({ min: 0, max: 12 }).map((index) => query.from + (index - 1) * minute),
  fc.integer({ min: query.from - 3_600_000, max: asOf + 86_400_000 }),
  fc.constantFrom(0, -1, Number.MAX_SAFE_INTEGER, 0.5, asOf + 0.25),
)
const value = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -0, 1e308))
const labels = fc.record(
  { zone: fc.constantFrom('A', 'B', '', '__proto__'), host: fc.constantFrom('h1', 'h9'), job: fc.string() },
  { requiredKeys: [] },
)
const seriesOf = (values: fc.Arbitrary<number>) =>
  fc.array(fc.record({ labels, samples: fc.array(fc.tuple(time, values), { maxLength: 30 }) }), { maxLength: 6 })
const lies = fc.record({
  values: seriesOf(value),
  newest: seriesOf(
    fc.oneof(
      time.map((t) => t / 1000),
      value,
    ),
  ),
  incomplete: fc.option(fc.string()),
})

function lying(answer: Omit<SeriesAnswer, 'spans' | 'expression'>): Source {
  return {
    series: async ({ grid }) => ({
      ...answer,
      spans: [{ from: grid[0]!, to: grid.at(-1)!, windowSeconds: 60 }],
      expression: 'x',
    }),
    test: async () => ({ ok: true, detail: '' }),
    close: async () => {},
  }
}

const askLiar = (answer: Omit<SeriesAnswer, 'spans' | 'expression'>, more: Partial<DataQuery> = {}) =>
  createDataService({ model, sources: async () => null, own: { bad: lying(answer) } }).data({ ...query, ...more })

describe('a source that lies', () => {
  it('gives sound answers, whatever it says', async () => {
    expect.hasAssertions()
    const asks = fc.constantFrom<Partial<DataQuery>>(
      {},
      { groupBy: ['zone'] },
      { groupBy: ['host', 'zone'], where: { zone: 'A' } },
      { qualityFrom: asOf - 3 * minute },
      { measure: 'bad.used' },
    )
    await fc.assert(fc.asyncProperty(lies, asks, async (answer, more) => expectSound(await askLiar(answer, more))))
  })

  const honest = (more: Partial<SeriesAnswer> = {}) => {
    const times = Array.from({ length: 11 }, (_, index) => query.from + index * minute)
    return {
      values: [{ labels: {}, samples: times.map((t): [number, number] => [t, 5]) }],
      newest: [{ labels: { host: 'h1' }, samples: times.map((t): [number, number] => [t, t / 1000 - 5]) }],
      incomplete: null,
      ...more,
    }
  }

  it('is taken as whole only when it is', async () => {
    expect((await askLiar(honest())).quality).toEqual({ completeness: 1, freshnessSeconds: 5, notes: [] })
  })

  it('is not whole when it gives two values for one time', async () => {
    const { values } = honest()
    const twice = [...values, { labels: { surprise: 'x' }, samples: [[asOf, 7] as [number, number]] }]
    const { quality } = await askLiar(honest({ values: twice }))
    expect(quality).toMatchObject({
      completeness: 0.5,
      notes: ["the source's answer is not whole: it gives two values for one time"],
    })
    // The same twice is no contradiction.
    expect((await askLiar(honest({ values: [...values, ...values] }))).quality.completeness).toBe(1)
  })

  it('cannot make old data fresh by a clock that runs ahead', async () => {
    const ahead = honest().newest.map(({ samples, ...rest }) => ({
      ...rest,
      samples: samples.map(([t, at]): [number, number] => [t, at + 3_600]),
    }))
    expect((await askLiar(honest({ newest: ahead }))).quality).toMatchObject({
      completeness: 0,
      freshnessSeconds: null,
    })
  })

  it('is refused with more series than anybody reads', async () => {
    const many = Array.from({ length: 2_001 }, (_, index) => ({ labels: { host: `h${index}` }, samples: [] }))
    await expect(askLiar(honest({ values: many }), { groupBy: ['host'] })).rejects.toMatchObject({
      code: 'query-too-large',
      message: 'The query gives more than 2000 series.',
    })
  })
})

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

const matrix = (result: unknown) => ({ status: 'success', data: { resultType: 'matrix', result } })
const wellBehaved = (_: IncomingMessage, response: ServerResponse) =>
  response.end(JSON.stringify(matrix([{ metric: {}, values: [[asOf / 1000, '1']] }])))

function serviceOf(bad: string, good: string) {
  const urls: Record<string, string> = { bad, good }
  return createDataService({
    model,
    sources: async (name) => ({ kind: 'prometheus', url: urls[name]!, secret: name === 'bad' ? secret : null }),
  })
}

/** Nothing of the secret, in whatever way it may be written. */
function expectNoSecret(error: unknown): void {
  expect(error).toBeInstanceOf(DataError)
  const { message, fix, cause } = error as DataError
  const shown = `${message} ${fix} ${cause instanceof Error ? cause.message : ''}`
  for (const part of [secret, 'S3cr3t', Buffer.from(secret).toString('base64')]) expect(shown).not.toContain(part)
}

describe('a source behind HTTP', () => {
  it('that answers with anything at all gives a sound answer or a clear error', async () => {
    expect.hasAssertions()
    let body = ''
    let status = 200
    const bad = await serve((request, response) => {
      // Some give back what they were sent.
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(body.replaceAll('AUTHORIZATION', request.headers.authorization ?? ''))
    })
    const anything = fc.oneof(
      fc.json(),
      fc.string(),
      fc.constantFrom(
        '',
        'null',
        '[]',
        '{"status":"success"}',
        'AUTHORIZATION',
        '{"status":"error","error":"AUTHORIZATION"}',
      ),
      fc
        .array(
          fc.record({
            metric: fc.dictionary(fc.constantFrom('zone', 'host', '__proto__', 'tenon_part'), fc.string()),
            values: fc.array(
              fc.oneof(
                fc.tuple(
                  time.map((t) => t / 1000),
                  fc.oneof(value.map(String), fc.constantFrom('NaN', '+Inf', '-Inf', '', ' ', '0x10', '1e999')),
                ),
                fc.anything(),
              ),
              { maxLength: 10 },
            ),
          }),
          { maxLength: 4 },
        )
        .map((result) => JSON.stringify(matrix(result))),
    )
    await fc.assert(
      fc.asyncProperty(
        anything,
        fc.constantFrom(200, 200, 200, 302, 400, 401, 404, 422, 429, 500, 503),
        async (text, code) => {
          body = text
          status = code
          const data = serviceOf(bad, bad)
          const result = await data.data(query).catch((error: unknown) => error as Error)
          if (result instanceof Error) expectNoSecret(result)
          else expectSound(result)
          await data.close()
        },
      ),
      { numRuns: 60 },
    )
  })

  it('that sends without end is cut off', async () => {
    const row = `[${asOf / 1000},"1"],`.repeat(4_000)
    const bad = await serve((_, response) => {
      response.write('{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[')
      const more = (): void => {
        while (!response.destroyed && response.write(row));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    })
    const data = serviceOf(bad, await serve(wellBehaved))
    await expect(data.data(query)).rejects.toMatchObject({
      code: 'query-too-large',
      message: expect.stringMatching(/answers? .*(64 MiB|long|large|above)/),
    })
    expectSound(await data.data({ ...query, measure: 'good.ok' }))
    await data.close()
  }, 30_000)

  it('that hangs delays neither other sources nor the end of a run', async () => {
    let hanging = 0
    const bad = await serve(() => (hanging += 1))
    const data = serviceOf(bad, await serve(wellBehaved))
    const stop = new AbortController()
    const stuck = Array.from({ length: 30 }, (_, index) =>
      data.data({ ...query, to: asOf - index * 1000 }, { scope: createRunScope('stuck'), signal: stop.signal }),
    )
    const ends = Promise.allSettled(stuck)
    for (const index of [1, 2, 3])
      expectSound(await data.data({ ...query, measure: 'good.ok' }, { scope: createRunScope(`run ${index}`) }))
    expect(hanging).toBeLessThanOrEqual(4)
    stop.abort(new Error('the run was cancelled'))
    for (const end of await ends)
      expect(end).toMatchObject({ status: 'rejected', reason: { message: 'the run was cancelled' } })
    await data.close()
  })

  it('that is down is left alone, and said so without its secret', async () => {
    const gone = await serve(wellBehaved)
    servers.at(-1)!.close()
    const data = serviceOf(gone, await serve(wellBehaved))
    const seen: unknown[] = []
    for (let index = 0; index < 4; index++)
      seen.push(await data.data({ ...query, to: asOf - index * minute }).catch((error: unknown) => error))
    for (const error of seen) expectNoSecret(error)
    expect(seen[0]).toMatchObject({ code: 'source-unreachable' })
    expect(seen.at(-1)).toMatchObject({
      code: 'source-busy',
      retryable: true,
      message: expect.stringMatching(/^"bad" failed \d+ times in a row and is left alone until \d\d:\d\d:\d\d UTC/),
    })
    expectSound(await data.data({ ...query, measure: 'good.ok' }))
    await data.close()
  })

  it('cannot be asked for more than one run may read', async () => {
    const data = serviceOf(await serve(wellBehaved), await serve(wellBehaved))
    const limits = { points: 4, series: 100, seconds: 100, perSource: { points: 4, series: 100, seconds: 100 } }
    const [greedy, modest] = [createRunScope('greedy', limits), createRunScope('modest', limits)]
    const asking = async (): Promise<void> => {
      for (let index = 0; index < 5; index++)
        await data.data({ ...query, measure: 'good.ok', from: query.from + index * minute }, { scope: greedy })
    }
    await expect(asking()).rejects.toMatchObject({ code: 'budget-spent', retryable: false })
    expectSound(await data.data({ ...query, measure: 'good.ok' }, { scope: modest }))
    await data.close()
  })
})
