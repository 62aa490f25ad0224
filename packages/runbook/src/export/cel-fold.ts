/** The loops of CEL (`all`, `exists`, `exists_one`, `map`, `filter`), which its parser writes out as folds, as what they were. */
import type { CelNode } from '../cel-environment.ts'

export interface Fold {
  kind: 'all' | 'exists' | 'existsOne' | 'map' | 'filter'
  range: CelNode
  variable: string
  /** The condition; of `map` only when it has one. */
  test: CelNode | null
  /** What `map` makes of an item. */
  make: CelNode | null
}

/** Null for a fold that no macro makes. */
export function foldOf(node: CelNode): Fold | null {
  if (node.exprKind.case !== 'comprehensionExpr') return null
  const { iterRange: range, iterVar: variable, accuVar, accuInit, loopStep } = node.exprKind.value
  const init = accuInit?.exprKind
  const step = loopStep?.exprKind
  if (!range || !init || step?.case !== 'callExpr') return null
  const { function: name, args } = step.value
  const [first, second, third] = args
  const fold = (kind: Fold['kind'], test: CelNode | undefined, make: CelNode | null = null): Fold | null =>
    test === undefined && make === null ? null : { kind, range, variable, test: test ?? null, make }
  if (init.case === 'constExpr' && init.value.constantKind.case === 'boolValue') {
    if (name === '_&&_') return fold('all', second)
    return name === '_||_' ? fold('exists', second) : null
  }
  if (init.case === 'constExpr' && init.value.constantKind.case === 'int64Value')
    return name === '_?_:_' ? fold('existsOne', first) : null
  if (init.case !== 'listExpr') return null
  if (name === '_+_') return fold('map', undefined, appended(second))
  if (name !== '_?_:_' || !first || !isName(third, accuVar) || second?.exprKind.case !== 'callExpr') return null
  const made = appended(second.exprKind.value.args[1])
  if (!made) return null
  return isName(made, variable) ? fold('filter', first) : fold('map', first, made)
}

/** The one item of a list. */
function appended(list: CelNode | undefined): CelNode | null {
  return list?.exprKind.case === 'listExpr' ? (list.exprKind.value.elements[0] ?? null) : null
}

function isName(node: CelNode | undefined, name: string): boolean {
  return node?.exprKind.case === 'identExpr' && node.exprKind.value.name === name
}
