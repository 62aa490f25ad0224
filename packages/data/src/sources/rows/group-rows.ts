/** Groups rows by fields, and never makes more groups than an answer may have series. */
import { DataError } from '../../data-error.ts'
import { maximumSeries } from '../../query/query-plan.ts'
import type { Row } from './row.ts'

export class Groups<T> {
  readonly #groups = new Map<string, { labels: Record<string, string>; content: T }>()
  readonly #fields: readonly string[]
  readonly #make: () => T
  readonly #most: number

  /** @param most groups; by default as many as an answer may have series */
  constructor(fields: readonly string[], make: () => T, most = maximumSeries) {
    this.#fields = [...new Set(fields)]
    this.#make = make
    this.#most = most
  }

  /** The group of a row, new if it is the first of it. @throws DataError `query-too-large` */
  of(row: Pick<Row, 'text'>): T {
    const values = this.#fields.map((field) => row.text(field))
    const key = JSON.stringify(values)
    const known = this.#groups.get(key)
    if (known) return known.content
    if (this.#groups.size >= this.#most) throw tooManySeries(this.#most)
    const labels = Object.fromEntries(this.#fields.map((field, index) => [field, values[index]!]))
    const made = { labels, content: this.#make() }
    this.#groups.set(key, made)
    return made.content
  }

  *[Symbol.iterator](): Generator<{ labels: Record<string, string>; content: T }> {
    yield* this.#groups.values()
  }
}

const tooManySeries = (most: number): DataError =>
  new DataError('query-too-large', `The query reads more than ${most} series.`, {
    fix: 'Filter by a dimension, or group by fewer.',
  })
