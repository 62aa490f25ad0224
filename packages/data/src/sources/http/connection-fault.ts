/** Why there was no answer, in words that an administrator can act on. */
import { AnswerTooLong, ForbiddenAddress } from './send-request.ts'
import { DataError } from '../../data-error.ts'

const settings = 'in Settings, Connections'

/** @param timedOutAfter seconds, when that is the reason */
export function connectionFault(url: URL, cause: unknown, timedOutAfter: number | null): DataError {
  if (cause instanceof AnswerTooLong)
    return new DataError('query-too-large', `${url.origin} answers with more than is read. ${cause.message}`, {
      fix: 'Ask for a shorter time, a longer step or fewer groups.',
      cause,
    })
  if (cause instanceof ForbiddenAddress)
    return new DataError('source-refused', `${url.origin} is a link-local or metadata address, which is not called.`, {
      fix: `Give the address of the system itself ${settings}.`,
      cause,
    })
  if (timedOutAfter !== null)
    return new DataError('source-unreachable', `${url.origin} did not answer within ${timedOutAfter} s.`, {
      fix: `Check that it runs and is not overloaded, and its address ${settings}.`,
      cause,
    })
  const { why, fix, retryable } = faultOf(url, codeOf(cause))
  return new DataError('source-unreachable', `${url.origin} cannot be reached: ${why}.`, { fix, retryable, cause })
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

function faultOf({ hostname, host, protocol }: URL, code: string): { why: string; fix: string; retryable: boolean } {
  const again = { fix: `Check that it runs, and its address ${settings}.`, retryable: true }
  switch (code) {
    case 'ENOTFOUND':
      return {
        why: `the name ${hostname} is not known`,
        fix: `Check the name ${settings}, and the DNS here.`,
        retryable: true,
      }
    case 'EAI_AGAIN':
      return {
        ...again,
        why: `the name ${hostname} cannot be looked up just now`,
        fix: 'Check the DNS of this machine.',
      }
    case 'ECONNREFUSED':
      return { ...again, why: `nothing listens at ${host}` }
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return { ...again, why: `there is no way to ${hostname}`, fix: 'Check the network, and a firewall in between.' }
    case 'ECONNRESET':
    case 'EPIPE': {
      const other = protocol === 'http:' ? ' It may want https.' : ''
      return { ...again, why: 'it closed the connection', fix: `${again.fix}${other}` }
    }
    case 'CERT_HAS_EXPIRED':
      return { why: 'its certificate has expired', fix: 'Renew the certificate.', retryable: false }
    case 'CERT_NOT_YET_VALID':
      return { why: 'its certificate is not valid yet', fix: 'Check the clocks, or the certificate.', retryable: false }
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        why: 'its certificate is for another name',
        fix: `Use the certificate's name ${settings}.`,
        retryable: false,
      }
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return {
        why: 'its certificate is signed by nobody that is trusted here',
        fix: 'Name a file with its CA in the environment variable NODE_EXTRA_CA_CERTS of the server and the worker.',
        retryable: false,
      }
    case 'EPROTO':
      return { why: 'it does not speak TLS there', fix: `Use http:// or its TLS port ${settings}.`, retryable: false }
    default:
      if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS'))
        return { why: `TLS failed (${code})`, fix: `Use http:// or its TLS port ${settings}.`, retryable: false }
      if (code.startsWith('HPE_'))
        return {
          why: 'it does not speak HTTP there',
          fix: `Check the port, and whether it wants https, ${settings}.`,
          retryable: false,
        }
      if (code.startsWith('Z_')) return { ...again, why: 'its answer cannot be unpacked' }
      return { ...again, why: 'there was no whole answer' }
  }
}
