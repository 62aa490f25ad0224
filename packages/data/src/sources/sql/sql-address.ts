/** Where a database is: `postgres://host:port/database`, `mysql://host:port/database`, and a secret `user:password`. */
import { DataError } from '../../data-error.ts'
import type { SourceAddress } from '../source.ts'
import { isForbiddenAddress } from '../http/forbidden-address.ts'
import { forbiddenHost } from './sql-error.ts'

export interface DatabaseAddress {
  host: string
  port: number
  database: string
  user: string
  password: string
  /** `?sslmode=`: `require` encrypts, `verify-full` also checks the server's certificate against the system's authorities. */
  tls: 'disable' | 'require' | 'verify-full'
  /** For messages: never with a user or a password in it. */
  shown: string
}

export interface AddressForm {
  protocols: readonly string[]
  port: number
  /** Where the address names no database; without it, it must. */
  database?: string
  example: string
}

/** @throws DataError `source-refused` */
export function parseAddress({ url, secret }: SourceAddress, form: AddressForm): DatabaseAddress {
  const { protocols, port, example } = form
  const parsed = URL.canParse(url) ? new URL(url) : null
  const database = (parsed === null ? '' : decoded(parsed.pathname.slice(1))) || (form.database ?? '')
  if (parsed === null || !protocols.includes(parsed.protocol) || parsed.hostname === '' || /\//.test(database))
    throw refusedAddress('It is not an address of this kind of database', example)
  if (database === '') throw refusedAddress('The address names no database', example)
  const tls = parsed.searchParams.get('sslmode') ?? 'disable'
  const others = [...parsed.searchParams.keys()].filter((key) => key !== 'sslmode')
  if (others.length > 0) throw refusedAddress(`The address sets "${others[0]}", which is not used`, example)
  if (tls !== 'disable' && tls !== 'require' && tls !== 'verify-full')
    throw refusedAddress('Its sslmode is none of disable, require and verify-full', example)
  const own = { user: decoded(parsed.username), password: decoded(parsed.password) }
  // An address of IPv6 stands in brackets.
  const host = decoded(parsed.hostname).replace(/^\[(.*)\]$/, '$1')
  if (isForbiddenAddress(host)) throw forbiddenHost(`${parsed.protocol}//${parsed.host}`)
  return {
    host,
    port: parsed.port === '' ? port : Number(parsed.port),
    database,
    ...(secret === null || secret === '' ? own : parseSecret(secret)),
    tls,
    shown: `${parsed.protocol}//${parsed.host}/${database}`,
  }
}

/** A user, or user and password; a password may have colons in it. */
export function parseSecret(secret: string): { user: string; password: string } {
  const colon = secret.indexOf(':')
  return colon < 0
    ? { user: secret, password: '' }
    : { user: secret.slice(0, colon), password: secret.slice(colon + 1) }
}

/** For the drivers: PostgreSQL's compares the certificate with `host`, MySQL's with the host that it calls when `verifyIdentity` says so. */
export function tlsOptions({
  tls,
  host,
}: DatabaseAddress): { rejectUnauthorized: boolean; verifyIdentity: boolean; host: string } | undefined {
  return tls === 'disable'
    ? undefined
    : { rejectUnauthorized: tls === 'verify-full', verifyIdentity: tls === 'verify-full', host }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A lone "%" stands for itself.
    return text
  }
}

function refusedAddress(why: string, example: string): DataError {
  return new DataError('source-refused', `${why}.`, {
    fix: `Set the connection to an address such as ${example}, and its secret to user:password.`,
  })
}
