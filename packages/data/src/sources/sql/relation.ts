/** A relation that a model's table reads: its quoted name, and its columns as the database has them. */
import { suggest } from '@tenon/runbook'
import { DataError } from '../../data-error.ts'
import type { Column, Dialect } from './dialect.ts'

export interface RelationName {
  /** Null where the connection's own is meant. */
  schema: string | null
  name: string
}

/**
 * `orders`, `shop.orders`, or with double quotes around a name with dots in it: `shop."orders.2026"`.
 *
 * @throws DataError `bad-query`
 */
export function parseRelation(from: string | undefined): RelationName {
  const found = /^(?:(?<schema>"(?:[^"]|"")+"|[^".]+)\.)?(?<name>"(?:[^"]|"")+"|[^".]+)$/.exec(from?.trim() ?? '')
  const { schema, name } = found?.groups ?? {}
  if (name === undefined)
    throw new DataError('bad-query', `"${from ?? ''}" names no table of a database.`, {
      fix: 'Set the table\'s "from" in the model, e.g. public.orders.',
    })
  return { schema: schema === undefined ? null : unquoted(schema), name: unquoted(name) }
}

const unquoted = (name: string) => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name)

export class Relation {
  /** As it is written in a statement. */
  readonly text: string
  readonly #shown: string
  readonly #columns: ReadonlyMap<string, Column>

  constructor({ schema, name }: RelationName, columns: readonly Column[], dialect: Dialect) {
    this.text = [...(schema === null ? [] : [schema]), name].map((part) => dialect.identifier(part)).join('.')
    this.#shown = schema === null ? name : `${schema}.${name}`
    this.#columns = new Map(columns.map((column) => [column.name, column]))
  }

  /** @throws DataError `bad-query` */
  column(name: string): Column {
    const column = this.#columns.get(name)
    if (column) return column
    throw new DataError('bad-query', `"${this.#shown}" has no column "${name}".`, {
      fix: suggest(name, [...this.#columns.keys()], 'column'),
    })
  }

  /** @throws DataError `bad-query` */
  number(name: string): Column {
    if (name === '*')
      throw new DataError('bad-query', `The rows of "${this.#shown}" have no value: only a counter counts them.`, {
        fix: 'Name a column instead of * in the model.',
      })
    const column = this.column(name)
    if (column.kind === 'number' || column.kind === 'boolean') return column
    throw this.#unfit(column, { wanted: 'a number', fix: 'Name another column, or make a view that converts it.' })
  }

  /** @throws DataError `bad-query` */
  time(name: string): Column {
    const column = this.column(name)
    if (column.kind === 'time') return column
    throw this.#unfit(column, {
      wanted: 'a time',
      fix: 'Set "time" of the table in the model, or make a view that converts it, e.g. to_timestamp(created_ms / 1000.0).',
    })
  }

  #unfit({ name, type }: Column, { wanted, fix }: { wanted: string; fix: string }): DataError {
    return new DataError('bad-query', `"${name}" of "${this.#shown}" is ${type}, not ${wanted}.`, { fix })
  }
}
