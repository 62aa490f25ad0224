import { describe, expect, it } from 'vitest'
import { discover } from './discover.ts'
import { joinRules } from './join-rules.ts'
import type { Column, RelationsReader, TableRelation } from './readers.ts'

const column = (text: string): Column => {
  const [name = '', kind = 'text'] = text.split(':')
  return { name, kind: kind as Column['kind'] }
}
const relation = (name: string, columns: string, more: Partial<TableRelation> = {}): TableRelation => ({
  schema: 'public',
  name,
  columns: columns.split(' ').map(column),
  primaryKey: ['id'],
  foreignKeys: [],
  ...more,
})

const values: Record<string, string[]> = {
  status: ['paid', 'failed', 'pending'],
  method: ['card', 'transfer'],
  service: ['payment', 'refund'],
  datname: ['shop', 'postgres'],
}
function reader(relations: TableRelation[]): RelationsReader {
  return {
    shape: 'relations',
    source: 'shop-db',
    relations: async () => relations,
    distinct: async (_, name, most) => {
      const found = values[name] ?? Array.from({ length: most }, (_, index) => String(index))
      return { values: found, whole: name in values }
    },
  }
}
const read = (...relations: TableRelation[]) =>
  discover(reader(relations), { rules: joinRules([]), known: null, written: new Set() })

describe('a database', () => {
  it('rows with a time are events: how many, how they ended, how much, how long', async () => {
    const { content } = await read(
      relation(
        'payments',
        'id:number customer_id:number status method note amount:number duration_ms:number created_at:time',
        {
          foreignKeys: [{ columns: ['customer_id'], relation: 'customers' }],
        },
      ),
    )
    const { payments } = content.tables
    expect(payments).toMatchObject({
      entity: 'shop-db',
      from: 'public.payments',
      time: 'created_at',
      dimensions: { method: 'method' },
    })
    expect(
      Object.entries(payments!.measures).map(([id, { kind, select, of, unit }]) => [id, kind, select ?? of, unit]),
    ).toEqual([
      ['payments', 'counter', '*', 'payments/min'],
      ['payments-succeeded', 'counter', '*{status="paid"}', 'payments/min'],
      ['payments-errors', 'counter', '*{status="failed"}', 'payments/min'],
      ['payments-success-rate', 'ratio', '*{status="paid"}', 'ratio'],
      ['amount', 'counter', 'amount', 'amount/min'],
      ['duration-p95', 'histogram', 'duration_ms', 'ms'],
    ])
  })

  it('a column that names services makes it a table of each', async () => {
    const { content } = await read(relation('calls', 'id:number service took_seconds:number ts:time'))
    expect(content.tables.calls).toMatchObject({ each: 'service', dimensions: { service: 'service' }, time: 'ts' })
    expect(content.entities.map(({ id }) => id)).toEqual(['payment', 'refund'])
  })

  it('without a time of what happened there is no series', async () => {
    const { content, notes } = await read(
      relation('customers', 'id:number name'),
      relation('plans', 'id:number born:time moved:time'),
    )
    expect(content.tables).toEqual({})
    expect(notes).toEqual(['shop-db: 2 relations without a time of what happened were left out.'])
  })

  it("PostgreSQL's own statistics tell what is now", async () => {
    const { content } = await read(
      relation(
        'pg_stat_database',
        'datid:number datname numbackends:number xact_commit:number xact_rollback:number deadlocks:number stats_reset:time',
        {
          schema: 'pg_catalog',
          primaryKey: [],
        },
      ),
    )
    const table = content.tables['pg-stat-database']
    expect(table).toMatchObject({
      each: 'database',
      time: 'now',
      from: 'pg_catalog.pg_stat_database',
      dimensions: { database: 'datname' },
    })
    expect(table?.measures.deadlocks).toMatchObject({ kind: 'gauge', bad: 'up', select: 'deadlocks' })
    expect(table?.measures.rollbacks).toMatchObject({
      kind: 'ratio',
      operands: 'gauge',
      of: 'xact_rollback',
      per: 'xact_commit',
    })
  })

  it('keeps tables that are known, and leaves out those that are gone', async () => {
    const payments = relation('payments', 'id:number amount:number created_at:time')
    const first = await read(payments, relation('orders', 'id:number created_at:time'))
    const known = { ...first.content, tables: { ...first.content.tables } }
    const again = await discover(reader([payments]), { rules: joinRules([]), known, written: new Set() })
    expect(Object.keys(again.content.tables)).toEqual(['payments'])
    expect(again.content.tables.payments).toEqual(first.content.tables.payments)
  })
})
