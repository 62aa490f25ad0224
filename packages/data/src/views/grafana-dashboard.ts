/** A frozen view as a Grafana dashboard: the same queries, over the same time, at data sources that are chosen in Grafana. */
import { grafanaTypeOf, targetsOf, type GrafanaTarget } from './grafana-query.ts'
import type { FrozenMeasure, FrozenQuery } from './view.ts'

export interface GrafanaDashboard {
  uid: string
  title: string
  description: string
  tags: string[]
  schemaVersion: number
  version: number
  editable: boolean
  /** A shared crosshair. */
  graphTooltip: 1
  timezone: string
  time: { from: string; to: string }
  refresh: string
  links: []
  annotations: { list: [] }
  templating: { list: GrafanaVariable[] }
  panels: (GrafanaChart | GrafanaText)[]
}

interface GrafanaVariable {
  type: 'datasource'
  name: string
  label: string
  description: string
  query: string
  multi: false
  includeAll: false
}

interface GrafanaPanel {
  id: number
  title: string
  description: string
  gridPos: { h: number; w: number; x: number; y: number }
}

interface GrafanaChart extends GrafanaPanel {
  type: 'timeseries'
  targets: GrafanaTarget[]
  fieldConfig: { defaults: { unit: string; custom: Record<string, unknown> }; overrides: [] }
  options: {
    legend: { displayMode: 'list'; placement: 'bottom'; showLegend: boolean; calcs: [] }
    tooltip: { mode: 'multi'; sort: 'desc' }
  }
}

interface GrafanaText extends GrafanaPanel {
  type: 'text'
  options: { mode: 'markdown'; content: string }
}

export interface GrafanaView {
  id: string
  title: string
  /** ISO 8601. */
  from: string
  to: string
  stepSeconds: number
  measures: readonly FrozenMeasure[]
  /** Its page. */
  link: string
}

/** Of the classic model, which every Grafana since 9 imports and newer ones migrate by themselves. */
const schemaVersion = 39
const [width, height] = [12, 8]

/** Each connection is a variable of type data source: Grafana takes one of that kind by itself, and people choose another at the top. */
export function grafanaDashboard(view: GrafanaView): GrafanaDashboard {
  const variables = variablesOf(view.measures)
  return {
    uid: `tenon-${view.id}`.slice(0, 40),
    title: view.title,
    description: `From Tenon: ${view.link}`,
    tags: ['tenon'],
    schemaVersion,
    version: 1,
    editable: true,
    graphTooltip: 1,
    timezone: 'browser',
    time: { from: view.from, to: view.to },
    refresh: '',
    links: [],
    annotations: { list: [] },
    templating: { list: [...variables.values()] },
    panels: view.measures.map((measure, index) => panelOf(measure, { view, index, variables })),
  }
}

function panelOf(
  measure: FrozenMeasure,
  means: { view: GrafanaView; index: number; variables: ReadonlyMap<string, GrafanaVariable> },
): GrafanaChart | GrafanaText {
  const { view, index, variables } = means
  const common = {
    id: index + 1,
    title: titleOf(measure),
    description: [measure.measure, ...measure.quality.notes].join('\n'),
    gridPos: { h: height, w: width, x: (index % 2) * width, y: Math.floor(index / 2) * height },
  }
  const targets = targetsOf(measure.query, {
    stepSeconds: view.stepSeconds,
    variableOf: (source) => variables.get(source)?.name ?? '',
    legend: measure.groupBy.length === 0 ? measure.title : '__auto',
  })
  if (targets === null)
    return { ...common, type: 'text', options: { mode: 'markdown', content: explain(measure, view) } }
  return {
    ...common,
    type: 'timeseries',
    targets,
    fieldConfig: { defaults: { unit: unitOf(measure.unit), custom: { spanNulls: false } }, overrides: [] },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  }
}

function titleOf({ title, where }: FrozenMeasure): string {
  const filters = Object.entries(where).map(([name, value]) => `${name} ${[value].flat().join(' or ')}`)
  return filters.length === 0 ? title : `${title} (${filters.join(', ')})`
}

/** The units that Grafana formats itself; any other stands behind the number. */
function unitOf(unit: string): string {
  const known: Readonly<Record<string, string>> = {
    ratio: 'percentunit',
    '%': 'percent',
    percent: 'percent',
    s: 's',
    ms: 'ms',
    byte: 'bytes',
    bytes: 'bytes',
    '1': 'none',
  }
  return Object.hasOwn(known, unit) ? (known[unit] ?? 'none') : `suffix: ${unit}`
}

/** Code fences are longer than any within, so that what is in them stays there. */
function explain(measure: FrozenMeasure, { link }: GrafanaView): string {
  const lines = linesOf(measure.query, '')
  const fence = '`'.repeat(Math.max(3, ...[...lines.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)))
  return `Grafana cannot ask this query as it is. Its values as they were: [the view in Tenon](${link})\n\n${fence}\n${lines}\n${fence}\n`
}

function linesOf(query: FrozenQuery, indent: string): string {
  switch (query.kind) {
    case 'source':
      return `${indent}${query.source}: ${query.expression}`
    case 'derived': {
      const inputs = Object.entries(query.inputs).map(
        ([name, input]) => `${indent}${name}:\n${linesOf(input, `${indent}  `)}`,
      )
      return [`${indent}${query.formula}`, ...inputs].join('\n')
    }
  }
}

function variablesOf(measures: readonly FrozenMeasure[]): Map<string, GrafanaVariable> {
  const found = new Map<string, GrafanaVariable>()
  const names = new Set<string>()
  const visit = (query: FrozenQuery): void => {
    if (query.kind === 'derived') return Object.values(query.inputs).forEach(visit)
    const type = grafanaTypeOf(query.sourceKind)
    if (type === null || found.has(query.source)) return
    const name = freeName(query.source, names)
    names.add(name)
    found.set(query.source, {
      type: 'datasource',
      name,
      label: query.source,
      description: `Where the connection ${query.source} of Tenon reads from.`,
      query: type,
      multi: false,
      includeAll: false,
    })
  }
  for (const { query } of measures) visit(query)
  return found
}

/** Names of variables are words: two connections may come to the same one. */
function freeName(source: string, taken: ReadonlySet<string>): string {
  const base = source.replaceAll(/\W/g, '_')
  for (let index = 1; ; index++) {
    const name = index === 1 ? base : `${base}_${index}`
    if (!taken.has(name)) return name
  }
}
