/**
 * Addresses that the server may be told to call. An SRE tool must reach private networks; it must not reach link-local addresses, where clouds
 * keep their metadata and with it the machine's credentials. Checked before any socket is opened.
 */
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { isForbiddenAddress } from '@tenon/data'
import type { ConnectionKind } from '@tenon/db'
import { ApiError } from './errors.ts'

export type ParsedUrl = { ok: true } | { ok: false; message: string }

/** Kinds of systems that are called. */
export type OutboundKind = Exclude<ConnectionKind, 'hook'>

const web = ['http:', 'https:']
const schemes: Record<Exclude<OutboundKind, 'files'>, { allowed: string[]; example: string }> = {
  prometheus: { allowed: web, example: 'http://prometheus:9090' },
  postgres: { allowed: ['postgres:', 'postgresql:'], example: 'postgres://orders-db:5432/orders' },
  mysql: { allowed: ['mysql:'], example: 'mysql://orders-db:3306/orders' },
  clickhouse: { allowed: web, example: 'http://clickhouse:8123' },
  loki: { allowed: web, example: 'http://loki:3100' },
  elasticsearch: { allowed: web, example: 'https://elasticsearch:9200' },
  'http-json': { allowed: web, example: 'https://status.example.com/api' },
  alertmanager: { allowed: web, example: 'http://alertmanager:9093' },
  kubernetes: { allowed: web, example: 'https://kubernetes.default.svc' },
  backstage: { allowed: web, example: 'https://backstage.example.com' },
  'http-edge': { allowed: web, example: 'http://edge:8404' },
  nginx: { allowed: web, example: 'http://nginx:8405' },
  envoy: { allowed: web, example: 'http://envoy:9901' },
  webhook: { allowed: web, example: 'https://chat.example.com/hook' },
  haproxy: { allowed: ['tcp:', 'unix:'], example: 'tcp://haproxy:9999 or unix:///run/haproxy.sock' },
}

/** Whether an address has the form that a kind of connection needs. */
export function parseConnectionUrl(kind: OutboundKind, text: string): ParsedUrl {
  if (kind === 'files') return isFolder(text) ? { ok: true } : { ok: false, message: 'Write a folder like /data/logs.' }
  const { allowed, example } = schemes[kind]
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !allowed.includes(url.protocol) || !isComplete(url))
    return { ok: false, message: `Write an address like ${example}.` }
  if (url.username || url.password)
    return { ok: false, message: 'Put user and password into the secret, not into the address.' }
  return { ok: true }
}

/** Of schemes that are not the web's own, URL leaves out much that calling needs. */
function isComplete({ protocol, hostname, port, pathname, searchParams }: URL): boolean {
  switch (protocol) {
    case 'unix:':
      return pathname.length > 1
    case 'tcp:':
      return port !== '' && URL.canParse(`http://${hostname}`)
    case 'postgres:':
    case 'postgresql:':
    case 'mysql:':
      // Drivers take a host from the parameters, too, and then it is not the one that is checked.
      if ([...searchParams.keys()].some((name) => name !== 'sslmode')) return false
      return hostname !== '' && URL.canParse(`http://${hostname}`) && /^\/[^/]+$/.test(pathname)
    default:
      return true
  }
}

/** Absolute and without ways up; which folders may be read the source itself decides (TENON_FILES_DIR). */
const isFolder = (text: string): boolean => text.startsWith('/') && !text.split('/').includes('..')

/** How names are resolved; tests give their own. */
export type Resolve = (host: string) => Promise<string[]>

const resolveByDns: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address)

/** @throws ApiError `forbidden-address`. A name that does not resolve passes: calling it fails by itself, with a better reason. */
export async function assertOutboundAddress(text: string, resolve: Resolve = resolveByDns): Promise<void> {
  // A folder, or a socket's file.
  if (text.startsWith('/')) return
  const url = new URL(text)
  if (url.protocol === 'unix:') return
  const host = hostOf(url)
  const addresses = isIP(host) ? [host] : await resolve(host).catch(() => [])
  const bad = addresses.find(isForbiddenAddress)
  if (bad === undefined) return
  throw new ApiError({
    status: 400,
    code: 'forbidden-address',
    message: `${host}${bad === host ? '' : ` (${bad})`} is a link-local or metadata address, which Tenon does not call.`,
    fix: 'Give the address of the system itself.',
  })
}

function hostOf({ protocol, hostname }: URL): string {
  const bare = hostname.replace(/^\[|\]$/g, '')
  if (isIP(bare) || web.includes(protocol)) return bare
  // Of schemes that are not the web's own, URL leaves numbers such as 0xA9FEA9FE as they are written.
  return new URL(`http://${hostname}`).hostname.replace(/^\[|\]$/g, '')
}
