/** The configuration of HAProxy as the shop's edge. */
import { FULL_WEIGHT, type EdgeTarget } from './edge.ts'
import { SERVICES } from './world.ts'

export interface HaproxyConfig {
  targets: readonly EdgeTarget[]
  trafficPort: number
  adminPort: number
  /** Null when the exporter is not compiled in. */
  metricsPort: number | null
  /** Path of the map file `<backend> <requests per second>`; a backend without an entry is not limited. Changed over the Runtime API. */
  rateLimitMap: string
}

/** The name that the product's HAProxy driver looks for. */
export const RATE_LIMIT_MAP = 'rate-limit.map'

/** The text of haproxy.cfg. */
export function haproxyConfig(config: HaproxyConfig): string {
  const map = config.rateLimitMap
  const lines = [
    'global',
    '  nbthread 1',
    '  maxconn 1024',
    `  stats socket ipv4@127.0.0.1:${config.adminPort} level admin`,
    '  stats timeout 10s',
    '  spread-checks 20',
    '',
    'defaults',
    '  mode http',
    '  timeout connect 500ms',
    '  timeout client 60s',
    '  timeout server 10s',
    '  timeout http-keep-alive 60s',
    '  timeout queue 1s',
    '  retries 1',
    '  option redispatch 1',
    '',
    'frontend shop',
    `  bind 127.0.0.1:${config.trafficPort}`,
    '  http-request set-var(txn.service) path,field(2,/)',
    `  acl known var(txn.service) -m str ${SERVICES.map(({ id }) => id).join(' ')}`,
    '  http-request deny deny_status 404 if !known',
    // A request is compared with the rate before it is counted: refused ones must not use up the limit.
    `  http-request set-var(txn.limit) var(txn.service),map_str_int(${map},0)`,
    '  http-request set-var(txn.over) var(txn.service),table_http_req_rate(rates),sub(txn.limit)',
    '  http-request deny deny_status 429 if { var(txn.limit) -m int gt 0 } { var(txn.over) -m int ge 0 }',
    '  http-request track-sc0 var(txn.service) table rates',
    '  use_backend %[var(txn.service)]',
    '',
    'backend rates',
    '  stick-table type string len 32 size 64 expire 1m store http_req_rate(1s)',
    '',
    ...SERVICES.flatMap(({ id }) => [
      `backend ${id}`,
      '  balance roundrobin',
      '  option httpchk GET /healthz',
      '  default-server check inter 3s fall 2 rise 1',
      ...config.targets
        .filter(({ host }) => host.service === id)
        .map(({ host, port }) => `  server ${host.id} 127.0.0.1:${port} weight ${FULL_WEIGHT}`),
      '',
    ]),
  ]
  if (config.metricsPort !== null)
    lines.push(
      'frontend exporter',
      `  bind 127.0.0.1:${config.metricsPort}`,
      '  http-request use-service prometheus-exporter if { path /metrics }',
      '',
    )
  return lines.join('\n')
}
