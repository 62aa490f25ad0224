import type { Dashboard } from '@grafana/schema'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { grafanaDashboard } from './grafana-dashboard.ts'
import type { FrozenMeasure, FrozenQuery } from './view.ts'

const quality = { completeness: 1, freshnessSeconds: 5, notes: [] }
const source = (expression: string, name = 'shop-metrics', sourceKind = 'prometheus'): FrozenQuery => ({
  kind: 'source',
  source: name,
  sourceKind,
  expression,
})
const measure = (query: FrozenQuery, more: Partial<FrozenMeasure> = {}): FrozenMeasure => ({
  measure: 'payment.succeeded',
  title: 'Payment: Succeeded',
  unit: 'requests/min',
  bad: 'down',
  where: {},
  groupBy: [],
  series: [{ dimensions: {}, points: [[0, null]], quality }],
  quality,
  query,
  ...more,
})
const expression = 'sum by (host) (rate(shop_requests_total{service="pay\\"ment"}[2m])) * 60'
const ratio: FrozenQuery = {
  kind: 'derived',
  formula: '1 - paid / (ordered + 1)',
  inputs: { paid: source('sum(a)'), ordered: source('sum(b)', 'shop metrics') },
}
const view = {
  id: '5f6f2f4c-6d0a-4b2c-9c1e-0d6f7a6f5a10',
  title: 'Payment lost 10 %',
  from: '2026-03-01T10:00:00.000Z',
  to: '2026-03-01T12:00:00.000Z',
  stepSeconds: 60,
  link: 'https://tenon.example/data/views/5f6f2f4c',
  measures: [
    measure(source(expression), { groupBy: ['host'], where: { zone: ['A', 'B'] } }),
    measure(ratio, { unit: 'ratio', title: 'Loss' }),
    measure(source('SELECT 1 -- ```', 'orders', 'postgres')),
    measure({ kind: 'derived', formula: 'min(a, b)', inputs: { a: source('sum(a)'), b: source('sum(b)') } }),
    measure(source('sum(count_over_time({app="pay"}[1m]))', 'logs', 'loki')),
  ],
}
const dashboard = grafanaDashboard(view)
const chart = dashboard.panels.find((panel) => panel.type === 'timeseries')

describe('the dashboard', () => {
  test('asks the very expressions, at a data source that is chosen in Grafana, over the same time', () => {
    expect(dashboard.time).toEqual({ from: view.from, to: view.to })
    expect(dashboard.templating.list.map(({ name, query, label }) => [name, query, label])).toEqual([
      ['shop_metrics', 'prometheus', 'shop-metrics'],
      // Two connections never share a variable.
      ['shop_metrics_2', 'prometheus', 'shop metrics'],
      ['logs', 'loki', 'logs'],
    ])
    expect(dashboard.panels[0]).toMatchObject({
      type: 'timeseries',
      title: 'Payment: Succeeded (zone A or B)',
      targets: [
        { expr: expression, datasource: { type: 'prometheus', uid: '${shop_metrics}' }, interval: '60s', hide: false },
      ],
      fieldConfig: { defaults: { unit: 'suffix: requests/min' } },
    })
  })

  test('computes derived measures over hidden targets', () => {
    expect(dashboard.panels[1]).toMatchObject({
      targets: [
        { refId: 'A', expr: 'sum(a)', hide: true },
        { refId: 'B', expr: 'sum(b)', hide: true, datasource: { uid: '${shop_metrics_2}' } },
        { refId: 'C', type: 'math', expression: '(1 - ($A / ($B + 1)))', hide: false },
      ],
    })
  })

  test('what Grafana cannot ask is told with its query and a link to the values', () => {
    const [sql, least] = dashboard.panels.slice(2)
    expect(sql).toMatchObject({ type: 'text', options: { content: expect.stringContaining('orders: SELECT 1') } })
    // What is in the query does not end the block that it stands in.
    expect(JSON.stringify(sql)).toContain('````')
    expect(least).toMatchObject({ type: 'text', options: { content: expect.stringContaining(view.link) } })
  })
})

/** JSON has the values of string enums, not their names. */
type Json<T> = T extends string ? `${T}` : T extends object ? { [K in keyof T]: Json<T[K]> } : T

describe('Grafana’s schema', () => {
  let folder: string
  const root = fileURLToPath(new URL('../../../..', import.meta.url))

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenon-grafana-'))
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  /** What the compiler says of JSON that is written where the type of Grafana's schema is expected: unknown keys are mistakes, too. */
  async function check(value: unknown): Promise<string> {
    const panels = 'panels' in Object(value) ? (value as { panels: { type: string }[] }).panels : []
    const charts = panels.filter(({ type }) => type === 'timeseries')
    const texts = panels.filter(({ type }) => type === 'text')
    const options = (of: object[]) => JSON.stringify(of.map((panel) => ('options' in panel ? panel.options : null)))
    const custom = charts.map((panel) => (panel as unknown as NonNullable<typeof chart>).fieldConfig.defaults.custom)
    await writeFile(
      join(folder, 'dashboard.ts'),
      `import type { Dashboard } from '@grafana/schema'
import type { Options, FieldConfig } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen'
import type { Options as TextOptions } from '@grafana/schema/dist/esm/raw/composable/text/panelcfg/x/TextPanelCfg_types.gen'
/** JSON has the values of string enums, not their names. */
type Json<T> = T extends string ? \`\${T}\` : T extends object ? { [K in keyof T]: Json<T[K]> } : T
export const dashboard: Json<Dashboard> = ${JSON.stringify(value)}
export const options: Json<Options>[] = ${options(charts)}
export const custom: Json<FieldConfig>[] = ${JSON.stringify(custom)}
export const texts: Json<TextOptions>[] = ${options(texts)}
`,
    )
    await writeFile(join(folder, 'package.json'), '{"type":"module"}')
    const compiler = join(root, 'node_modules', 'typescript', 'lib', 'tsc.js')
    const flags = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'preserve',
      '--target',
      'es2022',
      '--types',
      '',
    ]
    return new Promise((resolve) => {
      execFile(process.execPath, [compiler, ...flags, 'dashboard.ts'], { cwd: folder }, (_, stdout, stderr) =>
        resolve(stdout + stderr),
      )
    })
  }
  test('takes the exported dashboard', async () => {
    // As the compiler knows it, and each value as it is.
    const known: Json<Dashboard> = dashboard
    expect(await check(known)).toBe('')
  })

  test.each([
    ['a key that Grafana does not know', { ...dashboard, tittle: 'x' }, 'tittle'],
    ['a crosshair that there is not', { ...dashboard, graphTooltip: 7 }, 'DashboardCursorSync'],
    [
      'a variable of a kind that there is not',
      { ...dashboard, templating: { list: [{ type: 'sauce', name: 'x' }] } },
      'sauce',
    ],
    ['an option that a chart lacks', { ...dashboard, panels: [{ ...chart, options: {} }] }, 'legend'],
  ])('refuses %s', async (_, wrong, name) => {
    expect(await check(wrong)).toContain(name)
  })
})
