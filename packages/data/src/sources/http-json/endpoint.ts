/**
 * What a table's `from` says of an endpoint: `orders?after={from}&before={to}#/data/rows`. A path below the connection's address, its
 * parameters with times to be filled in, and after `#` a JSON pointer to the rows in the answer. Only times are ever filled in, and filters
 * are applied to the rows that come: no value of a question becomes a part of an address.
 */
import { DataError } from '../../data-error.ts'

export interface Endpoint {
  /** Below the connection's address; with nothing to fill in. */
  path: string
  parameters: [name: string, value: string][]
  /** Keys to the rows in the answer. */
  rows: string[]
}

export interface Times {
  /** Unix ms; rows after it are wanted. */
  after: number
  /** Unix ms; up to and with it. */
  until: number
  stepSeconds: number
}

const example = 'orders?after={from}&before={to}#/data/rows'

/** @throws DataError `bad-query` naming what is wrong */
export function parseEndpoint(from: string | undefined): Endpoint {
  const found = /^(?<path>[^?#]*)(?:\?(?<query>[^#]*))?(?:#(?<pointer>.*))?$/s.exec((from ?? '').trim())
  const { path = '', query = '', pointer = '' } = found?.groups ?? {}
  if (!isBelow(path)) throw bad("its path must be below the connection's address", `Write it as ${example}.`)
  const parameters = [...new URLSearchParams(query)]
  for (const [name, value] of parameters) {
    if (/[{}]/.test(name)) throw bad('only values of parameters can be filled in', `Write it as ${example}.`)
    const unknown = value.match(/\{[^}]*\}?|\}/g)?.find((part) => !Object.hasOwn(fillers, part))
    if (unknown !== undefined)
      throw bad(`"${unknown}" is nothing that can be filled in`, `Use ${Object.keys(fillers).join(', ')}.`)
  }
  if (pointer !== '' && !pointer.startsWith('/'))
    throw bad('after # stands a JSON pointer', 'Begin it with /, e.g. #/data/rows.')
  return { path, parameters, rows: keysOf(pointer) }
}

/** The endpoint's parameters for a time. */
export function parametersFor({ parameters }: Endpoint, times: Times): URLSearchParams {
  const filled = parameters.map(([name, value]): [string, string] => [
    name,
    value.replace(/\{[^}]*\}/g, (part) => fillers[part]?.(times) ?? part),
  ])
  return new URLSearchParams(filled)
}

const iso = (t: number): string => new Date(t).toISOString()

const fillers: Record<string, (times: Times) => string> = {
  '{from}': ({ after }) => iso(after),
  '{to}': ({ until }) => iso(until),
  '{from:s}': ({ after }) => String(Math.floor(after / 1000)),
  '{to:s}': ({ until }) => String(Math.ceil(until / 1000)),
  '{from:ms}': ({ after }) => String(after),
  '{to:ms}': ({ until }) => String(until),
  '{step}': ({ stepSeconds }) => String(stepSeconds),
}

/** Nothing that leads to another host, or up. */
function isBelow(path: string): boolean {
  if (!/^[A-Za-z0-9._~!$&'()*+,;=@%/-]*$/.test(path) || path.startsWith('/') || path.includes('//')) return false
  return path.split('/').every((part) => !/^(?:\.|%2e){1,2}$/i.test(part))
}

/** RFC 6901. */
const keysOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))

const bad = (why: string, fix: string): DataError =>
  new DataError('bad-query', `The table's "from" cannot be asked: ${why}.`, { fix })
