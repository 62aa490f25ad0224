import { describe, expect, it } from 'vitest'
import type { Model } from '../model/model.ts'
import { checkModelFiles, readModel } from '../model/load-model.ts'
import { parseSelector } from '../model/selector.ts'
import { writeModelFile } from '../model/write-model.ts'
import { diffModels } from './diff-models.ts'
import { discover } from './discover.ts'
import { joinRules } from './join-rules.ts'
import type { LabelSet, MetricsReader } from './readers.ts'
import type { OwnRules } from './rules.ts'

/** A store of these series, written as a Prometheus API writes them; it counts what it is asked. */
function store(
  series: readonly string[],
  options: { source?: string; whole?: boolean; types?: Record<string, string> } = {},
) {
  const sets = series.map(labelSet)
  const asked: string[] = []
  const whole = options.whole ?? true
  const listing = (values: Iterable<string>) => ({ values: [...new Set(values)].sort(), whole })
  const reader: MetricsReader = {
    shape: 'metrics',
    source: options.source ?? 'metrics',
    async labelNames() {
      asked.push('labels')
      return listing(sets.flatMap((set) => Object.keys(set)))
    },
    async metricNames(having) {
      asked.push(`names ${having ?? ''}`)
      return listing(sets.filter((set) => having === undefined || set[having]).flatMap((set) => set.__name__ ?? []))
    },
    async labelValues(label) {
      asked.push(`values ${label}`)
      return listing(sets.flatMap((set) => set[label] ?? []))
    },
    about: async () =>
      new Map(
        Object.entries(options.types ?? {}).map(([name, type]) => [name, { type, help: `Help of ${name}.`, unit: '' }]),
      ),
    async labelSets({ metrics, only }, take) {
      asked.push(`sets ${metrics.length}`)
      const found = sets.filter(
        (set) =>
          metrics.includes(set.__name__ ?? '') && (only === undefined || only.values.includes(set[only.label] ?? '')),
      )
      take(found)
      return whole
    },
  }
  return { reader, asked }
}

function labelSet(text: string): LabelSet {
  const [, name = '', inner = ''] = /^([^{]+)(?:\{(.*)\})?$/.exec(text) ?? []
  const pairs = [...inner.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => [label, value])
  return { __name__: name, ...Object.fromEntries(pairs) }
}

async function read(
  series: readonly string[],
  { known = null, own = [], ...options }: Parameters<typeof store>[1] & { known?: Model | null; own?: OwnRules[] } = {},
) {
  const { reader } = store(series, options)
  return discover(reader, { rules: joinRules(own), known, written: new Set() })
}

const measuresOf = ({ tables }: Pick<Model, 'tables'>) =>
  Object.values(tables).flatMap(({ measures }) => Object.entries(measures))
const measure = (model: Pick<Model, 'tables'>, id: string) => measuresOf(model).find(([name]) => name === id)?.[1]

const payments = [
  ...['ok', 'error', 'timeout', 'rejected'].map(
    (outcome) => `pay_requests_total{service="payment",host="p-1",zone="A",outcome="${outcome}"}`,
  ),
  'pay_requests_total{service="risk",host="r-1",zone="A",outcome="ok"}',
  'pay_request_seconds_bucket{service="payment",host="p-1",zone="A",le="1"}',
  'pay_request_seconds_sum{service="payment",host="p-1",zone="A"}',
  'pay_request_seconds_count{service="payment",host="p-1",zone="A"}',
]

describe('metrics by their names', () => {
  it('requests with an outcome are attempts, what succeeded, errors and a success rate', async () => {
    const { content } = await read(payments)
    expect(measure(content, 'attempts')).toMatchObject({ kind: 'counter', bad: 'down', select: 'pay_requests_total' })
    expect(measure(content, 'succeeded')).toMatchObject({ select: 'pay_requests_total{outcome="ok"}' })
    // What the caller got wrong is neither good nor bad.
    expect(measure(content, 'errors')).toMatchObject({
      bad: 'up',
      select: 'pay_requests_total{outcome=~"error|timeout"}',
    })
    expect(measure(content, 'success-rate')).toMatchObject({ kind: 'ratio', unit: 'ratio', per: 'pay_requests_total' })
  })

  it('a histogram gives a high quantile and the mean, in its unit', async () => {
    const { content } = await read(payments)
    expect(measure(content, 'latency-p95')).toMatchObject({ kind: 'histogram', quantile: 0.95, unit: 's', bad: 'up' })
    expect(measure(content, 'latency-mean')).toMatchObject({
      of: 'pay_request_seconds_sum',
      per: 'pay_request_seconds_count',
    })
  })

  it.each([
    ['jobs_processed_total', 'counter', 'jobs/min', 'down'],
    ['app_payload_bytes_total', 'counter', 'bytes/min', 'both'],
    ['app_retries_total', 'counter', 'retries/min', 'up'],
    ['app_queue_length', 'gauge', '1', 'up'],
    ['app_free_bytes', 'gauge', 'bytes', 'down'],
    ['app_temperature_celsius', 'gauge', '°C', 'up'],
    ['app_hit_ratio', 'gauge', 'ratio', 'down'],
  ])('%s is a %s in %s, bad when it goes %s', async (name, kind, unit, bad) => {
    const { content } = await read([`${name}{service="a"}`])
    expect(measuresOf(content).map(([, { kind, unit, bad }]) => ({ kind, unit, bad }))).toEqual([{ kind, unit, bad }])
  })

  it('what a store says of a metric comes before its name', async () => {
    const { content } = await read(['app_visits{service="a"}'], { types: { app_visits: 'counter' } })
    expect(measure(content, 'visits')).toMatchObject({ kind: 'counter', description: 'Help of app_visits.' })
  })

  it('what is in use over its limit is a utilisation, what is left over all a share', async () => {
    const { content } = await read([
      'app_pool_connections_in_use{db="main"}',
      'app_pool_connections_max{db="main"}',
      'app_disk_free_bytes{db="main"}',
      'app_disk_size_bytes{db="main"}',
    ])
    expect(measure(content, 'utilisation')).toMatchObject({
      operands: 'gauge',
      of: 'app_pool_connections_in_use',
      per: 'app_pool_connections_max',
    })
    expect(measure(content, 'disk-left')).toMatchObject({
      bad: 'down',
      of: 'app_disk_free_bytes',
      per: 'app_disk_size_bytes',
    })
  })

  it('errors beside all that was tried are an error rate', async () => {
    const { content } = await read(['app_uploads_total{service="a"}', 'app_upload_errors_total{service="a"}'])
    expect(measure(content, 'upload-error-rate')).toMatchObject({
      of: 'app_upload_errors_total',
      per: 'app_uploads_total',
      bad: 'up',
    })
  })

  it('codes are read as outcomes; requests that are only timed are counted, too', async () => {
    const ends = ['bucket', 'sum', 'count'].flatMap((end) =>
      ['200', '404', '503'].map(
        (code) =>
          `http_request_duration_seconds_${end}{service="a",code="${code}"${end === 'bucket' ? ',le="1"' : ''}}`,
      ),
    )
    const { content } = await read(ends)
    expect(measure(content, 'attempts')).toMatchObject({ select: 'http_request_duration_seconds_count' })
    expect(measure(content, 'succeeded')).toMatchObject({
      select: 'http_request_duration_seconds_count{code=~"[23].."}',
    })
    expect(measure(content, 'errors')).toMatchObject({ select: 'http_request_duration_seconds_count{code=~"5.."}' })
  })

  it('two metrics that would have one name get longer ones', async () => {
    const { content } = await read(['app_load{service="a"}', 'app_load_total{service="a"}'])
    const names = measuresOf(content).map(([name]) => name)
    expect(new Set(names).size).toBe(2)
  })
})

describe('what exists', () => {
  it('is named by labels, with what it is in', async () => {
    const { content } = await read(payments)
    const entity = (id: string) => content.entities.find((one) => one.id === id)
    expect(entity('p-1')).toMatchObject({
      kind: 'host',
      from: 'metrics',
      attributes: { service: 'payment', zone: 'A' },
    })
    expect(entity('zone-A')).toMatchObject({ title: 'Zone A', attributes: { zone: 'A' } })
    expect(content.relations).toContainEqual({
      from: 'payment',
      to: 'p-1',
      kind: 'runs-on',
      by: 'metrics: labels host, service',
    })
    expect(content.relations).toContainEqual({
      from: 'p-1',
      to: 'zone-A',
      kind: 'runs-on',
      by: 'metrics: labels host, zone',
    })
  })

  it('what is seen in two places is in neither', async () => {
    const { content } = await read([
      'x_requests_total{service="a",zone="A",host="h"}',
      'x_requests_total{service="a",zone="B",host="h"}',
    ])
    expect(content.entities.find(({ id }) => id === 'h')?.attributes).toEqual({ service: 'a' })
  })

  it('a job and an instance count only where nothing says better', async () => {
    const { content } = await read([
      'node_load1{job="node",instance="web-1:9100"}',
      'shop_db_connections{db="main",job="shop",instance="exporter:1"}',
      'app_requests_total{job="api",instance="10.0.0.1:80",code="200"}',
    ])
    expect(content.entities.map(({ kind, id }) => `${kind} ${id}`).sort()).toEqual([
      'database main',
      'host host-10-0-0-1-80',
      'host web-1-9100',
      'service api',
    ])
    expect(content.tables['node-host']?.dimensions).toEqual({ host: 'instance' })
  })

  it('what another is asked for tells of that, not of who asks', async () => {
    const { content } = await read([
      'haproxy_backend_http_requests_total{proxy="payment",job="edge",instance="edge-1"}',
      'haproxy_process_uptime_seconds{job="edge",instance="edge-1"}',
      'shop_requests_total{proxy="x",service="payment"}',
    ])
    expect(content.entities.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['host edge-1', 'service payment'])
    expect(content.tables['haproxy-service']).toMatchObject({ each: 'service', dimensions: { service: 'proxy' } })
    expect(content.tables['haproxy-host']).toMatchObject({ each: 'host', dimensions: { host: 'instance' } })
  })

  it('metrics of one service alone are its own table', async () => {
    const { content } = await read([
      'a_requests_total{service="a",host="a-1",code="200"}',
      'a_requests_total{service="b",host="b-1",code="200"}',
      'billing_runs_total{service="a",host="a-1"}',
    ])
    const own = content.tables.a
    expect(own).toMatchObject({ entity: 'a' })
    expect(own?.measures.runs?.select).toBe('billing_runs_total{service="a"}')
  })

  it('service graphs say who calls whom, and who stores where', async () => {
    const { content } = await read([
      'traces_service_graph_request_total{client="shop",server="pay"}',
      'traces_service_graph_request_total{client="pay",server="pay-db",connection_type="database"}',
      'traces_service_graph_request_total{client="user",server="shop"}',
    ])
    expect(content.relations.map(({ from, kind, to }) => `${from} ${kind} ${to}`)).toEqual([
      'pay stores-in pay-db',
      'shop calls pay',
    ])
    expect(content.tables['service-graph']).toMatchObject({
      each: 'service',
      dimensions: { service: 'server', caller: 'client' },
    })
  })

  it('hosts that all report are expected to', async () => {
    const { content } = await read([
      'x_requests_total{service="a",host="h-1"}',
      'x_requests_total{service="a",host="h-2"}',
      'y_jobs_total{service="a",host="h-1"}',
    ])
    expect(content.tables['x-service']?.expected).toEqual({ kind: 'host' })
    expect(content.tables['y-service']?.expected).toBeUndefined()
  })
})

describe('names that are meant to do harm', () => {
  const hostile = [
    'x"} or vector(1) #_total{service="a"}',
    'my.metric total{service="a"}',
    'ok_total{service="a\\nb: c",__proto__="x",host="${jndi:ldap}"}',
    'constructor_total{service="__proto__"}',
    'toString{service="constructor"}',
  ]

  it('give a model that can be written, read and asked', async () => {
    const { content } = await read(hostile)
    const model = readModel([{ path: 'generated/m.yaml', text: writeModelFile(content) }])
    const selects = measuresOf(model).flatMap(([, { select }]) => select ?? [])
    expect(selects).toContain(String.raw`{__name__="x\"} or vector(1) #_total",service="a"}`)
    expect(selects).toContain('{__name__="my.metric total",service="a"}')
    expect(selects.every((text) => parseSelector(text) !== null)).toBe(true)
    expect(model.entities.every(({ id }) => /^[A-Za-z][A-Za-z0-9-]*$/.test(id))).toBe(true)
    const again = await read(hostile, { known: model })
    expect(diffModels(model, again.content)).toEqual([])
  })
})

describe('rules of a company', () => {
  it('say what its labels are, and what its metrics are called', async () => {
    const { content } = await read(['acme_calls_total{apl="till",standort="nord"}'], {
      own: [
        {
          labels: { apl: { kind: 'service' }, standort: { kind: 'zone' } },
          metrics: { acme_calls_total: { id: 'sales', title: 'Sales', unit: 'sales/min', bad: 'down' } },
          ignore: ['^secret_'],
        },
      ],
    })
    expect(content.entities.map(({ id }) => id)).toEqual(['till', 'zone-nord'])
    expect(measure(content, 'sales')).toMatchObject({ title: 'Sales', unit: 'sales/min' })
  })

  it('an expression that never ends is refused', () => {
    const file = { path: 'own.yaml', text: 'tenonModel: 1\ndiscovery:\n  ignore:\n    - ^ok_\n    - (a+)+$\n' }
    expect(checkModelFiles([file])).toMatchObject([
      { line: 5, message: expect.stringContaining('repeats nothing twice') },
    ])
  })
})

describe('a second reading', () => {
  it('keeps what is known and reads only what is new', async () => {
    const first = await read(payments)
    const more = [
      ...payments,
      'pay_refunds_total{service="payment",host="p-1",zone="A"}',
      'pay_requests_total{service="payment",host="p-2",zone="B",outcome="ok"}',
    ]
    const { reader, asked } = store(more)
    const again = await discover(reader, { rules: joinRules([]), known: first.content, written: new Set() })
    expect(asked.filter((one) => /^names ./.test(one))).toEqual([])
    // The labels of the new one, its values, and what the new host and zone are in.
    expect(asked.filter((one) => one.startsWith('sets'))).toHaveLength(4)
    expect(again.content.tables.payment?.measures.refunds?.select).toBe('pay_refunds_total{service="payment"}')
    expect(again.content.entities.find(({ id }) => id === 'p-2')?.attributes).toEqual({ service: 'payment', zone: 'B' })
    for (const [id, one] of measuresOf(first.content)) expect(measure(again.content, id)).toEqual(one)
  })

  it('leaves out what vanished, and says whether it could see all', async () => {
    const first = await read(payments)
    const left = payments.filter((text) => !text.includes('risk') && !text.includes('seconds'))
    const again = await read(left, { known: first.content })
    expect(again.whole).toBe(true)
    expect(again.content.entities.some(({ id }) => id === 'risk')).toBe(false)
    expect(measure(again.content, 'latency-p95')).toBeUndefined()
    expect((await read(left, { known: first.content, whole: false })).whole).toBe(false)
  })

  it('asks for labels, not for each metric, when there are many', async () => {
    const many = Array.from({ length: 2_000 }, (_, index) => `app_thing_${index}_total{service="a",host="h"}`)
    const { reader, asked } = store(many)
    const { content } = await discover(reader, { rules: joinRules([]), known: null, written: new Set() })
    expect(measuresOf(content)).toHaveLength(2_000)
    expect(asked.length).toBeLessThan(20)
  })

  it('calls are read anew: new ones are there, and those that ended are not', async () => {
    const call = (client: string, server: string) =>
      `traces_service_graph_request_total{client="${client}",server="${server}"}`
    const first = await read([call('a', 'b'), call('b', 'c')])
    const again = await read([call('a', 'b'), call('a', 'd')], { known: first.content })
    expect(again.content.relations.map(({ from, to }) => `${from} ${to}`)).toEqual(['a b', 'a d'])
    const half = await read([call('a', 'b')], { known: first.content, whole: false })
    expect(half.content.relations.map(({ from, to }) => `${from} ${to}`)).toEqual(['a b', 'b c'])
  })

  it('outcomes that were not there at first are added', async () => {
    const outcome = (value: string) => `pay_requests_total{service="payment",outcome="${value}"}`
    const first = await read([outcome('ok')])
    expect(measure(first.content, 'errors')).toBeUndefined()
    const again = await read(['ok', 'done', 'error', 'odd'].map(outcome), { known: first.content })
    expect(measure(again.content, 'errors')).toMatchObject({
      title: 'Errors',
      bad: 'up',
      select: 'pay_requests_total{outcome="error"}',
    })
    expect(measure(again.content, 'succeeded')?.select).toBe('pay_requests_total{outcome=~"done|ok"}')
    expect(measure(again.content, 'success-rate')?.of).toBe('pay_requests_total{outcome=~"done|ok"}')
    // What was seen once stays, though it is not there now.
    const later = await read(['ok', 'timeout'].map(outcome), { known: again.content })
    expect(measure(later.content, 'errors')?.select).toBe('pay_requests_total{outcome=~"error|timeout"}')
  })

  it('a store with nothing in it is one in trouble: nothing is said to be gone', async () => {
    const first = await read(payments)
    const again = await read([], { known: first.content })
    expect(again.whole).toBe(false)
    expect(again.notes.join()).toContain('no metrics of the last day')
  })

  it('does not touch what another source said', async () => {
    const other = await read(payments, { source: 'other' })
    const { content } = await read(['z_jobs_total{service="payment"}'], { known: other.content })
    expect(content.entities).toEqual([])
    expect(Object.values(content.tables).map(({ source }) => source)).toEqual(['metrics'])
  })
})
