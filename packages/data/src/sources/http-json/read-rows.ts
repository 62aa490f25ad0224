/** Reads rows with times out of any JSON answer, and says which row is not as it should be. They are kept as they came, so that it shows how much they hold. */
import { DataError } from '../../data-error.ts'
import type { TimedRow } from '../rows/series-of-rows.ts'

const maximumRows = 500_000

export interface ReadRow {
  /** Unix ms. */
  t: number
  fields: Record<string, unknown>
}

/**
 * @param keys where the rows are in the answer
 * @throws DataError `source-refused`, `query-too-large`
 */
export function readRows(answer: unknown, { keys, time }: { keys: readonly string[]; time: string }): ReadRow[] {
  const rows = keys.reduce<unknown>((value, key) => member(value, key), answer)
  if (!Array.isArray(rows)) {
    const where = keys.length === 0 ? 'The answer' : `"/${keys.join('/')}" in the answer`
    throw wrong(
      `${where} is ${nameOf(rows)} and not a list of rows`,
      'Point to the rows after # in the table\'s "from".',
    )
  }
  if (rows.length > maximumRows)
    throw new DataError('query-too-large', `The answer has ${rows.length} rows; at most ${maximumRows} are read.`, {
      fix: 'Let the endpoint filter by time: {from} and {to} in the table\'s "from".',
    })
  return rows.map((row: unknown, index) => readRow(row, { index, time }))
}

function readRow(fields: unknown, { index, time }: { index: number; time: string }): ReadRow {
  if (!isRecord(fields))
    throw wrong(`Row ${index} is ${nameOf(fields)} and not an object`, 'Point to a list of objects.')
  const t = timeOf(fieldOf(fields, time))
  if (t !== null) return { t, fields }
  throw wrong(
    `Row ${index} has no time in "${time}"`,
    'Name the field in "time" of the table; it holds ISO 8601 or unix seconds or milliseconds.',
  )
}

/** Its fields throw a DataError `source-refused` when they are not what is asked for. */
export function timedRow({ t, fields }: ReadRow, index: number): TimedRow {
  return {
    t,
    text(field) {
      const value = fieldOf(fields, field)
      if (value === undefined || value === null) return ''
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
      throw wrong(`"${field}" of row ${index} is ${nameOf(value)} and not a text`, fixField)
    },
    number(field) {
      const value = fieldOf(fields, field)
      if (value === undefined || value === null || value === '') return null
      const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : null
      if (typeof value === 'string' && Number.isNaN(number) && !/^[-+]?nan$/i.test(value.trim()))
        throw wrong(`"${field}" of row ${index} is a text and not a number`, fixField)
      if (number === null) throw wrong(`"${field}" of row ${index} is ${nameOf(value)} and not a number`, fixField)
      return Number.isFinite(number) ? number : null
    },
  }
}

/** Unix ms. A time without a zone is UTC; a number beyond the year 5000 in seconds is in milliseconds. */
function timeOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.round(value > 1e11 ? value : value * 1000) : null
  if (typeof value !== 'string') return null
  if (/^\d+(?:\.\d+)?$/.test(value)) return timeOf(Number(value))
  const found = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)([.,]\d{1,9})?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(value)
  if (!found) return null
  const [, day, clock, fraction = '', zone = 'Z'] = found
  const t = Date.parse(
    `${day}T${clock!.length === 5 ? `${clock}:00` : clock}${fraction.replace(',', '.')}${zonedAs(zone)}`,
  )
  return Number.isFinite(t) ? t : null
}

const zonedAs = (zone: string): string =>
  zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase()

/** A field by its own name; else, by dots, a field within fields. */
function fieldOf(row: Record<string, unknown>, name: string): unknown {
  if (Object.hasOwn(row, name)) return row[name]
  if (!name.includes('.')) return undefined
  return name.split('.').reduce<unknown>((value, key) => member(value, key), row)
}

function member(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function nameOf(value: unknown): string {
  if (value === undefined) return 'not there'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

const fixField = 'Name another field in the model.'

const wrong = (why: string, fix: string): DataError => new DataError('source-refused', `${why}.`, { fix })
