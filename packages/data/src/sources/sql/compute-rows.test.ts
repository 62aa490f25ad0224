/** What ClickHouse is asked, word by word: no server of it is at hand. */
import { expect, test } from 'vitest'
import { computeAsk, type ComputeAskInput } from '../../compute/ask.ts'
import { clickhouseDialect } from './clickhouse-dialect.ts'
import { computeRows } from './compute-rows.ts'
import type { Column } from './dialect.ts'
import { Relation } from './relation.ts'
import { bound, type Sql } from './sql-text.ts'

const columns: Column[] = [
  { name: 'time', type: 'DateTime64(3)', kind: 'time' },
  { name: 'host', type: 'String', kind: 'text' },
  { name: 'took', type: 'Float64', kind: 'number' },
  { name: 'odd` name', type: 'String', kind: 'text' },
]
const relation = new Relation({ schema: 'logs', name: 'calls' }, columns, clickhouseDialect)
const t0 = Date.UTC(2026, 10, 28, 11)

async function asked(more: Partial<ComputeAskInput>, answer: (string | number | null)[][] = []) {
  const ask = computeAsk.parse({ from: { source: 'ch', from: 'logs.calls' }, range: { from: 0, to: 1 }, ...more })
  const statements: Sql[] = []
  const result = await computeRows(
    {
      ask,
      from: 'logs.calls',
      range: { from: t0, to: t0 + 3_600_000 },
      names: {
        step: ask.stepSeconds === undefined ? null : 'time',
        groups: ask.groupBy,
        aggregates: ask.aggregates.map(({ as, fn }) => as ?? fn),
      },
      entities: null,
    },
    {
      relation,
      dialect: clickhouseDialect,
      async query(statement) {
        statements.push(statement)
        return answer
      },
    },
  )
  return { result, statement: statements[0]! }
}

test('all of it is one statement that ClickHouse computes', async () => {
  const { result } = await asked({
    groupBy: ['host'],
    stepSeconds: 60,
    where: [{ field: 'took', op: '>', value: 0.5 }],
    aggregates: [{ fn: 'count' }, { fn: 'quantile', field: 'took', quantile: 0.95, as: 'p95' }],
    having: [{ column: 'count', op: '>=', value: 10 }],
    top: { by: 'p95', count: 5 },
  })
  expect(result.query).toMatchInlineSnapshot(`
    "SELECT w_, g0_, c0_, c1_, count(*) OVER () AS groups_
    FROM (
      SELECT w_, g0_, count(*) AS c0_, CASE WHEN count(a1_) > 0 THEN quantileExactInclusive(0.950000000000)(a1_) END AS c1_
      FROM (
        SELECT intDiv(toUnixTimestamp64Micro(toDateTime64(\`time\`, 6, 'UTC')) - 1795863600000000, 60000000) AS w_, ifNull(toString(\`host\`), '') AS g0_, 1 AS a0_, \`took\` AS a1_
        FROM \`logs\`.\`calls\`
        WHERE \`time\` > toDateTime64('2026-11-28 10:59:59.999', 3, 'UTC') AND \`time\` <= toDateTime64('2026-11-28 12:00:00.000', 3, 'UTC') AND toUnixTimestamp64Micro(toDateTime64(\`time\`, 6, 'UTC')) >= 1795863600000000 AND toUnixTimestamp64Micro(toDateTime64(\`time\`, 6, 'UTC')) < 1795867200000000 AND coalesce(\`took\` > (0.5), FALSE)
      ) AS r
      GROUP BY w_, g0_
    ) AS g
    WHERE c0_ >= (10)
    ORDER BY CASE WHEN c1_ IS NULL THEN 1 ELSE 0 END, c1_ DESC, w_, g0_
    LIMIT 5"
  `)
})

test('names are quoted and values are parameters', async () => {
  const value = "'; DROP TABLE calls; --"
  const { statement } = await asked({ groupBy: ['odd` name'], where: [{ field: 'host', value }] })
  const { text, values } = bound(statement, (one, index) => clickhouseDialect.placeholder(one, index))
  expect(text).toContain('`odd\\` name`')
  expect(text).not.toContain('DROP')
  expect(values).toContainEqual({ type: 'text', value })
})

test('its texts of numbers are numbers, steps are times, and what was cut is said', async () => {
  const { result } = await asked(
    { groupBy: ['host'], stepSeconds: 60, aggregates: [{ fn: 'sum', field: 'took', as: 'sum' }], limits: { rows: 2 } },
    [
      ['0', 'a', '1.5', '7'],
      ['1', 'b', 'nan', '7'],
    ],
  )
  expect(result.rows).toEqual([
    [t0, 'a', 1.5],
    [t0 + 60_000, 'b', null],
  ])
  expect(result.notes).toEqual(['2 of 7 groups are shown.'])
})
