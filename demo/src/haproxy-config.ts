/** The configuration of HAProxy as the shop's edge. */
import { FULL_WEIGHT, type EdgeTarget } from './edge.ts'
import { SERVICES } from './world.ts'

export interface HaproxyConfig {
  targets: readonly EdgeTarget[]
  trafficPort: number
  adminPort: number
  /** Null when the exporter is not compiled in. */
  metricsPort: number | null
  /** Where the files of `RATE_LIMIT_MAPS` are. Their entries are changed over the Runtime API; what has none is not limited. */
  mapFolder: string
}

/** The names that the product's HAProxy driver looks for: `<backend>`, `<backend>/<path prefix>` and `<backend>/<caller>` with requests a second. */
export const RATE_LIMIT_MAPS = ['rate-limit.map', 'rate-limit-route.map', 'rate-limit-caller.map']

/** The text of haproxy.cfg. */
export function haproxyConfig(config: HaproxyConfig): string {
  const [all, route, caller] = RATE_LIMIT_MAPS.map((name) => `${config.mapFolder}/${name}`)
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
    `  http-request set-var(txn.limit) var(txn.service),map_str_int(${all},0)`,
    // `payment/refund=5`: the longest prefix that has a limit, and the limit.
    `  http-request set-var(txn.route) path,regsub(^/,),map_beg(${route})`,
    '  http-request set-var(txn.route_key) var(txn.route),field(1,=)',
    '  http-request set-var(txn.route_limit) var(txn.route),field(2,=),add(0)',
    '  http-request set-var(txn.caller) req.hdr(x-caller)',
    '  http-request set-var(txn.caller_key) var(txn.service),concat(/,txn.caller)',
    `  http-request set-var(txn.caller_limit) var(txn.caller_key),map_str_int(${caller},0)`,
    // A request is compared with each rate before it is counted: refused ones must not use up a limit.
    '  http-request set-var(txn.over) var(txn.service),table_http_req_rate(rates),sub(txn.limit)',
    '  http-request deny deny_status 429 if { var(txn.limit) -m int gt 0 } { var(txn.over) -m int ge 0 }',
    '  http-request set-var(txn.route_over) var(txn.route_key),table_http_req_rate(route_rates),sub(txn.route_limit)',
    '  http-request deny deny_status 429 if { var(txn.route_limit) -m int gt 0 } { var(txn.route_over) -m int ge 0 }',
    '  http-request set-var(txn.caller_over) var(txn.caller_key),table_http_req_rate(caller_rates),sub(txn.caller_limit)',
    '  http-request deny deny_status 429 if { var(txn.caller_limit) -m int gt 0 } { var(txn.caller_over) -m int ge 0 }',
    '  http-request track-sc0 var(txn.service) table rates',
    '  http-request track-sc1 var(txn.route_key) table route_rates if { var(txn.route_limit) -m int gt 0 }',
    '  http-request track-sc2 var(txn.caller_key) table caller_rates if { var(txn.caller_limit) -m int gt 0 }',
    '  use_backend %[var(txn.service)]',
    '',
    'backend rates',
    '  stick-table type string len 32 size 64 expire 1m store http_req_rate(1s)',
    '',
    'backend route_rates',
    '  stick-table type string len 192 size 1k expire 1m store http_req_rate(1s)',
    '',
    'backend caller_rates',
    '  stick-table type string len 128 size 1k expire 1m store http_req_rate(1s)',
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
