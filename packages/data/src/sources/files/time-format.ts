/** Times as files write them. One form holds for all of an answer's files: it is found by their first lines. */
import { DataError } from '../../data-error.ts'
import { raw, sql, type Sql } from '../sql/sql-text.ts'

interface TimeFormat {
  /** For people. */
  title: string
  /** Whether a text is of this form. */
  looksLike: RegExp
  /** Whole microseconds since 1970, null for what is no time. */
  microseconds(text: Sql): Sql
}

const epoch = (title: string, digits: string, factor: string): TimeFormat => ({
  title,
  looksLike: new RegExp(`^\\d{${digits}}(\\.\\d+)?$`),
  microseconds: (text) => sql`CAST(round(TRY_CAST(${text} AS DOUBLE) * ${raw(factor)}) AS BIGINT)`,
})

const written = (title: string, looksLike: RegExp, format: string): TimeFormat => ({
  title,
  looksLike,
  microseconds: (text) => sql`epoch_us(try_strptime(${text}, ${raw(`'${format}'`)}))`,
})

const formats: readonly TimeFormat[] = [
  {
    title: 'ISO 8601',
    looksLike: /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s?(Z|[+-]\d\d(:?\d\d)?)?)?$/,
    // Without an offset it is UTC, the session's own time zone.
    microseconds: (text) => sql`epoch_us(TRY_CAST(${text} AS TIMESTAMPTZ))`,
  },
  {
    title: 'ISO 8601 with a comma',
    looksLike: /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d,\d+(Z|[+-]\d\d:?\d\d)?$/,
    microseconds: (text) => sql`epoch_us(TRY_CAST(replace(${text}, ',', '.') AS TIMESTAMPTZ))`,
  },
  written('nginx', /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}$/, '%d/%b/%Y:%H:%M:%S %z'),
  written('nginx error log', /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d$/, '%Y/%m/%d %H:%M:%S'),
  epoch('unix seconds', '9,10', '1000000'),
  epoch('unix milliseconds', '12,13', '1000'),
  epoch('unix microseconds', '15,16', '1'),
  epoch('unix nanoseconds', '18,19', '0.001'),
]

/**
 * The form that most of the samples are of.
 *
 * @throws DataError `bad-query` when they are of none
 */
export function timeFormat(field: string, samples: readonly string[]): TimeFormat {
  const counted = formats.map((format) => ({
    format,
    count: samples.filter((text) => text.length <= 60 && format.looksLike.test(text)).length,
  }))
  const [best] = counted.toSorted((a, b) => b.count - a.count)
  if (best && best.count > 0) return best.format
  const example = samples.find((text) => text !== '')
  throw new DataError(
    'bad-query',
    example === undefined
      ? `The first lines have no time in the field "${field}".`
      : `"${example.slice(0, 60)}" in the field "${field}" is no time that can be read.`,
    {
      fix: `Name the field that holds the time, as one of: ${formats.map(({ title }) => title).join(', ')}.`,
    },
  )
}
