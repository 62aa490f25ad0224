/** A step that runs another runbook: which one, which version, and whether its parameters fit. */
import type { CallableRunbook, Catalogue } from './catalogue.ts'
import type { DocumentNode, Problem } from './document.ts'
import { isExpressionText } from './check-expressions.ts'
import { suggest } from './nearest.ts'
import type { NodeContext } from './node-context.ts'
import { parameterProblem } from './parse-params.ts'
import { isObject } from './value-type.ts'

/** Whether a runbook's text may run others; asked before it is read, to know whether they must be looked up. */
export function isCallingRunbooks(source: string): boolean {
  return source.includes(childType)
}

/** Type id of the node that runs another runbook. */
export const childType = 'steer.run-runbook'

type ChildVersion = CallableRunbook['versions'][number]

/** What a step's `runbook` and `version` mean now; the newest version when none is written. Null for what there is not. */
export function findChild(
  catalogue: Catalogue,
  inputs: DocumentNode['with'],
): { runbook: CallableRunbook; version: ChildVersion } | null {
  const { runbook: name, version: wanted } = inputs
  const runbook = catalogue.runbooks?.find((one) => one.name === name)
  const version = wanted === undefined ? runbook?.versions[0] : runbook?.versions.find((one) => one.version === wanted)
  return runbook && version ? { runbook, version } : null
}

export function checkChild(node: DocumentNode, { document, catalogue }: NodeContext, path: string[]): Problem[] {
  const { runbook: name, version, params } = node.with
  // A missing or computed name is the literal check's problem, or the one below.
  if (typeof name !== 'string') return []
  const at = (...rest: string[]): string[] => [...path, 'with', ...rest]
  const problem = (code: string, where: string[], message: string, fix: string): Problem[] => [
    { code, severity: 'error', message, fix, path: where },
  ]
  if (isExpressionText(name) || isExpressionText(version)) {
    const message = 'Which runbook runs must be written out: it is pinned to a version when this one is published.'
    return problem(
      'child-computed',
      at('runbook'),
      message,
      'Write its name; branch before it where there are several.',
    )
  }
  const names = (catalogue.runbooks ?? []).map((one) => one.name)
  if (name === document.name && version === undefined) {
    const message = 'A runbook cannot run the version of itself that is not published yet.'
    return problem('child-self', at('runbook'), message, 'Name a version that exists, or use a loop.')
  }
  if (!names.includes(name)) {
    const message = `There is no published runbook "${name}".`
    return problem('child-unknown', at('runbook'), message, suggest(name, names, 'runbook'))
  }
  const child = findChild(catalogue, node.with)
  if (!child) {
    const message = `"${name}" has no version ${String(version)}.`
    return problem('child-version', at('version'), message, 'Use one that exists, or leave it out for the newest.')
  }
  return paramProblems(child.version, params, at('params'))
}

function paramProblems({ params: declared }: ChildVersion, given: unknown, path: string[]): Problem[] {
  if (given !== undefined && !isObject(given)) return []
  const values = given ?? {}
  const problems = Object.keys(values).flatMap((name): Problem[] => {
    if (Object.hasOwn(declared, name)) return []
    const message = `The runbook has no parameter "${name}".`
    const fix = suggest(name, Object.keys(declared), 'parameter')
    return [{ code: 'param-unknown', severity: 'error', message, fix, path: [...path, name] }]
  })
  for (const [name, parameter] of Object.entries(declared)) {
    const value = values[name]
    if (value === undefined) {
      if (parameter.default !== undefined) continue
      const message = `The runbook needs the parameter "${name}".`
      problems.push({ code: 'param-missing', severity: 'error', message, fix: 'Give it a value.', path })
      continue
    }
    const wrong = isExpressionText(value) ? null : parameterProblem(parameter, value)
    if (!wrong) continue
    const message = `The parameter "${name}" ${wrong.message}`
    problems.push({ code: 'param-type', severity: 'error', message, fix: wrong.fix, path: [...path, name] })
  }
  return problems
}
