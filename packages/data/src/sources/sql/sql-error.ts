/** What a database or the way to it says, as our errors. No message holds a credential: what a server says is shown without it. */
import { DataError } from '../../data-error.ts'
import { ForbiddenAddress } from '../http/send-request.ts'
import type { Limits } from './limits.ts'

/** The parts of drivers' errors that mean something; each driver has its own class. */
export interface Failure {
  /** SQLSTATE, the name or the number of an error. */
  code: string
  message: string
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { code: '', message: String(error) }
  // Node tries every address of a name, and then fails with all of their errors.
  if (error instanceof ForbiddenAddress) return { code: forbidden, message: error.message }
  const first = error instanceof AggregateError ? (error.errors[0] ?? error) : error
  // A driver names only the errors that it knows; each has a number.
  const named = first instanceof Error && 'code' in first ? first.code : undefined
  const code = String(named ?? (first instanceof Error && 'errno' in first ? first.errno : ''))
  const message = first instanceof Error ? first.message : String(first)
  return { code, message: message || error.message }
}

const forbidden = 'FORBIDDEN_ADDRESS'

export interface Place {
  /** Without user and password. */
  shown: string
  user: string
  password: string
}

/** Of the network; null for what a server said. */
export function networkError({ code, message }: Failure, { shown, user }: Place): DataError | null {
  const unreachable = (why: string, fix: string) =>
    new DataError('source-unreachable', `${shown} ${why}.`, { fix, cause: new Error(code || 'no code') })
  switch (code) {
    case forbidden:
      return forbiddenHost(shown)
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unreachable('cannot be reached: the host has no address', "Check the host's name in the connection.")
    case 'ECONNREFUSED':
      return unreachable('cannot be reached: nothing listens there', 'Check that it runs, and the host and the port.')
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return unreachable('cannot be reached: no answer', 'Check the host, the port and the firewall between.')
    case 'ECONNRESET':
    case 'EPIPE':
    case 'PROTOCOL_CONNECTION_LOST':
      return unreachable('closed the connection', 'Try again; if it stays, look at the log of the database.')
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_HAS_EXPIRED':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HANDSHAKE_SSL_ERROR':
      return new DataError('source-refused', `The certificate of ${shown} is not accepted.`, {
        fix: 'Use sslmode=require to encrypt without a check, or give it a certificate that the system trusts.',
      })
    default:
      if (/timeout|timed out/i.test(message))
        return unreachable('did not answer in time', 'Check the host and the port, and whether it is overloaded.')
      if (/connection (terminated|ended|is closed)|closed/i.test(message) && code === '')
        return unreachable('closed the connection', 'Try again; if it stays, look at the log of the database.')
      if (/ssl|secure connection/i.test(message) && /not support/i.test(message))
        return new DataError('source-refused', `${shown} does not encrypt its connections (user "${user}").`, {
          fix: 'Set sslmode=disable, or switch TLS on at the server.',
        })
      return null
  }
}

export function forbiddenHost(shown: string): DataError {
  return new DataError('source-refused', `${shown} is at a link-local or metadata address, which is never called.`, {
    fix: 'Set the connection to the address of a database.',
  })
}

export function refusedLogin({ shown, user }: Place): DataError {
  return new DataError('source-refused', `${shown} refused the user "${user}" or the password.`, {
    fix: "Check the connection's secret: user:password.",
  })
}

export function missingDatabase({ shown }: Place): DataError {
  return new DataError(
    'source-refused',
    `The server answers, but has no database of ${shown}, or the user may not enter it.`,
    {
      fix: "Check the database's name at the end of the address, and that the user may connect to it.",
    },
  )
}

export function notAllowed(place: Place, said: string): DataError {
  return new DataError(
    'source-refused',
    `${place.shown} does not let the user "${place.user}" read it: ${scrubbed(said, place)}.`,
    {
      fix: 'Grant SELECT on the table to the user of the connection; docs/connect.md has the statements.',
    },
  )
}

export function tookTooLong({ shown }: Place, { statementSeconds }: Limits): DataError {
  return new DataError(
    'query-too-large',
    `${shown} did not finish within ${statementSeconds} s, and the query was stopped.`,
    {
      fix: 'Ask for a shorter time, or give the table an index on its time column.',
    },
  )
}

export function tooManyConnections({ shown }: Place): DataError {
  return new DataError('source-unreachable', `${shown} has no connection left.`, {
    fix: 'Try again; if it stays, raise the limit of connections of the database or of the user.',
  })
}

export function otherRefusal(place: Place, { code, message }: Failure): DataError {
  const said = scrubbed(message, place)
  return new DataError(
    'source-refused',
    `${place.shown} refused the query: ${said}${code === '' ? '' : ` (${code})`}.`,
    {
      fix: "Check the table's columns in the model, and the database.",
    },
  )
}

/** Some servers repeat what they were sent. */
function scrubbed(text: string, { password }: Place): string {
  const [line = ''] = text.trim().split('\n')
  const clean = password === '' ? line : line.replaceAll(password, '***')
  return clean.slice(0, 300).replace(/\.$/, '') || 'no message'
}

export function tooManyBytes({ bytes }: Limits): DataError {
  const size = bytes >= 1024 * 1024 ? `${bytes / 1024 / 1024} MiB` : `${bytes} bytes`
  return new DataError('query-too-large', `The database's answer is above ${size}.`, {
    fix: 'Ask for a shorter time, a longer step or fewer groups.',
  })
}
