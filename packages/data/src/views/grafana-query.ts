/** A series' query as targets of a Grafana panel. */
import { parseFormula, type Formula } from '../derived/parse-formula.ts'
import type { FrozenQuery } from './view.ts'

export interface GrafanaTarget extends Record<string, unknown> {
  refId: string
  datasource: { type: string; uid: string }
  hide: boolean
}

/** Grafana's kinds of data sources that take our expressions as they are, by our kinds of connections. */
const takesExpressions: Readonly<Record<string, string>> = { prometheus: 'prometheus', loki: 'loki' }
export const grafanaTypeOf = (sourceKind: string): string | null =>
  Object.hasOwn(takesExpressions, sourceKind) ? (takesExpressions[sourceKind] ?? null) : null

/** Grafana's own data source, which computes over the answers of other targets. */
const expressions = { type: '__expr__', uid: '__expr__' }

export interface TargetMeans {
  /** The name of the dashboard's variable that stands for a connection. */
  variableOf(source: string): string
  stepSeconds: number
  legend: string
}

/** Null when Grafana cannot ask it: another kind of source, or a formula with `min` or `max`. The last target is the one that is shown. */
export function targetsOf(query: FrozenQuery, means: TargetMeans): GrafanaTarget[] | null {
  const targets: GrafanaTarget[] = []
  const shown = add(query, { ...means, targets })
  if (shown === null) return null
  return targets.map((target) => ({ ...target, hide: target.refId !== shown }))
}

/** @returns the refId of what it added */
function add(query: FrozenQuery, means: TargetMeans & { targets: GrafanaTarget[] }): string | null {
  switch (query.kind) {
    case 'source': {
      const type = grafanaTypeOf(query.sourceKind)
      if (type === null) return null
      const { variableOf, stepSeconds, legend, targets } = means
      return push(targets, {
        datasource: { type, uid: `\${${variableOf(query.source)}}` },
        expr: query.expression,
        legendFormat: legend,
        range: true,
        instant: false,
        interval: `${stepSeconds}s`,
        editorMode: 'code',
      })
    }
    case 'derived': {
      const parsed = parseFormula(query.formula)
      if (!parsed.ok) return null
      const names = new Map<string, string>()
      for (const [name, input] of Object.entries(query.inputs)) {
        const refId = add(input, means)
        if (refId === null) return null
        names.set(name, refId)
      }
      const expression = mathOf(parsed.formula, names)
      return expression === null ? null : push(means.targets, { datasource: expressions, type: 'math', expression })
    }
  }
}

function push(targets: GrafanaTarget[], target: Omit<GrafanaTarget, 'refId' | 'hide'>): string {
  const refId = refIdOf(targets.length)
  targets.push({ refId, hide: false, ...target } as GrafanaTarget)
  return refId
}

/** A, B, ..., Z, AA, ... */
const refIdOf = (index: number): string =>
  (index >= 26 ? refIdOf(Math.floor(index / 26) - 1) : '') + String.fromCharCode(65 + (index % 26))

/** Grafana's math has the same four operations, and no `min` and `max` of two values. */
function mathOf(formula: Formula, names: ReadonlyMap<string, string>): string | null {
  switch (formula.kind) {
    case 'number':
      return String(formula.value)
    case 'name': {
      const refId = names.get(formula.name)
      return refId === undefined ? null : `$${refId}`
    }
    case 'negate': {
      const of = mathOf(formula.of, names)
      return of === null ? null : `(0 - ${of})`
    }
    case 'binary': {
      const [left, right] = [mathOf(formula.left, names), mathOf(formula.right, names)]
      return left === null || right === null ? null : `(${left} ${formula.op} ${right})`
    }
    case 'call':
      return null
  }
}
