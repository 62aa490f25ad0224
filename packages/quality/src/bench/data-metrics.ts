/** Metrics of a company: 500 applications, each with its own and with what all have; machines, databases, and who calls whom. */

interface Series {
  name: string
  labels: Record<string, string>
}

const applications = 500
const zones = ['a', 'b', 'c']
const hostsPerApplication = 3
const subjects = [
  'orders', 'carts', 'invoices', 'refunds', 'quotes', 'sessions', 'uploads', 'messages', 'events', 'jobs', 'documents', 'searches',
  'bookings', 'coupons', 'tickets', 'transfers', 'exports', 'imports', 'reports', 'reviews',
] // prettier-ignore
const verbs = ['created', 'rejected', 'expired']

/** Stores them with their newest samples. @returns how many names and series there are. */
export async function companyMetrics(url: string): Promise<{ metrics: number; series: number }> {
  const names = new Set<string>()
  let series = 0
  let lines: string[] = []
  const now = Date.now()
  const flush = async (): Promise<void> => {
    await post(url, '/api/v1/import', lines.join('\n'))
    lines = []
  }
  for (const one of companySeries()) {
    names.add(one.name)
    series++
    lines.push(lineOf(one, now))
    if (lines.length >= 20_000) await flush()
  }
  await flush()
  await post(url, '/internal/force_flush', '')
  return { metrics: names.size, series }
}

/** As many new names of known applications. */
export async function newMetrics(url: string, count: number): Promise<void> {
  const lines = Array.from({ length: count }, (_, index) => {
    const app = applicationName(index * 3)
    return lineOf({ name: `${namespaceOf(app)}_vouchers_${index}_total`, labels: labelsOf(app, 0) }, Date.now())
  })
  await post(url, '/api/v1/import', lines.join('\n'))
  await post(url, '/internal/force_flush', '')
}

function* companySeries(): Generator<Series> {
  for (let index = 0; index < applications; index++) {
    const app = applicationName(index)
    for (let host = 0; host < hostsPerApplication; host++) {
      const labels = labelsOf(app, host)
      for (const outcome of ['ok', 'error', 'timeout'])
        yield { name: 'http_requests_total', labels: { ...labels, outcome } }
      for (const end of ['bucket', 'sum', 'count'])
        yield {
          name: `http_request_duration_seconds_${end}`,
          labels: end === 'bucket' ? { ...labels, le: '0.5' } : labels,
        }
      yield { name: 'node_load1', labels: { instance: `${labels.host}:9100`, job: 'node' } }
    }
    yield* ownSeries(app)
    yield { name: 'pg_stat_database_numbackends', labels: { datname: `db-${index}`, instance: 'pg:9187', job: 'pg' } }
    const server = applicationName((index * 7 + 1) % applications)
    yield { name: 'traces_service_graph_request_total', labels: { client: app, server } }
  }
}

/** 122 names that only this application has, as counters, gauges, histograms and pairs. */
function* ownSeries(app: string): Generator<Series> {
  const prefix = namespaceOf(app)
  const labels = labelsOf(app, 0)
  for (const [place, subject] of subjects.entries()) {
    for (const verb of verbs) yield { name: `${prefix}_${subject}_${verb}_total`, labels }
    yield { name: `${prefix}_${subject}_pending`, labels }
    yield { name: `${prefix}_${subject}_max`, labels }
    if (place % 5 === 0)
      for (const end of ['bucket', 'sum', 'count'])
        yield {
          name: `${prefix}_${subject}_seconds_${end}`,
          labels: end === 'bucket' ? { ...labels, le: '1' } : labels,
        }
  }
  yield { name: `${prefix}_pool_connections_in_use`, labels }
  yield { name: `${prefix}_pool_connections_max`, labels }
  for (const outcome of ['ok', 'failed']) yield { name: `${prefix}_tasks_total`, labels: { ...labels, outcome } }
  yield { name: `${prefix}_last_run_timestamp_seconds`, labels }
  for (let queue = 0; queue < 6; queue++) yield { name: `${prefix}_stage_${queue}_bytes`, labels }
}

const applicationName = (index: number) => `app-${String(index).padStart(4, '0')}`
/** Each team names its own metrics after its application. */
const namespaceOf = (app: string) => app.replace('-', '')

function labelsOf(app: string, host: number): Record<string, string> {
  return {
    service: app,
    zone: zones[host % zones.length] ?? 'a',
    host: `${app}-${host}`,
    job: 'apps',
    instance: `${app}-${host}:8080`,
  }
}

function lineOf({ name, labels }: Series, now: number): string {
  return JSON.stringify({
    metric: { __name__: name, ...labels },
    values: [1, 2],
    timestamps: [now - 60_000, now - 1_000],
  })
}

async function post(url: string, path: string, body: string): Promise<void> {
  const answer = await fetch(`${url}${path}`, { method: 'POST', body })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
}
