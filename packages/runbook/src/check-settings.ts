/** What belongs to the runbook as a whole: parameters, timeout, concurrency. */
import { checkTemplate } from './check-expressions.ts'
import type { Parameter, Problem, RunbookDocument } from './document.ts'
import { durationSeconds } from './duration.ts'
import { parameterProblem } from './parse-params.ts'
import { contextScope } from './scope.ts'

const weekInSeconds = 7 * 86_400

export function checkSettings(document: RunbookDocument): Problem[] {
  return [
    ...checkDuration(document.timeout, { path: ['timeout'], least: 1, most: weekInSeconds }),
    ...Object.entries(document.params).flatMap(([name, parameter]) => defaultProblems(name, parameter)),
    ...(document.concurrency
      ? checkTemplate(document.concurrency.key, {
          scope: contextScope(document),
          path: ['concurrency', 'key'],
          wanted: { kind: 'any' },
        })
      : []),
    ...exclusionProblems(document),
  ]
}

/** Names are not looked up: a runbook may be published before the one that it excludes. */
function exclusionProblems({ name, excludes = [] }: RunbookDocument): Problem[] {
  return excludes.flatMap((other, index): Problem[] => {
    const path = ['excludes', index]
    const common = { code: 'excludes', severity: 'warning', path } as const
    if (other === name)
      return [{ ...common, message: 'A runbook does not exclude itself.', fix: 'Use `concurrency` for its own runs.' }]
    if (excludes.indexOf(other) < index)
      return [{ ...common, message: `"${other}" is there twice.`, fix: 'Remove one.' }]
    return []
  })
}

/** A duration outside of its bounds, in seconds. Its form is checked by the document's schema. */
export function checkDuration(
  text: string,
  { path, least, most }: { path: (string | number)[]; least: number; most: number },
): Problem[] {
  const seconds = durationSeconds(text)
  if (seconds !== null && seconds >= least && seconds <= most) return []
  const message = `${text} is out of range.`
  return [{ code: 'duration-range', severity: 'error', message, fix: `Use ${least} s to ${most / 3600} h.`, path }]
}

function defaultProblems(name: string, parameter: Parameter): Problem[] {
  if (parameter.default === undefined) return []
  const problem = parameterProblem(parameter, parameter.default)
  if (problem === null) return []
  const message = `The default of "${name}" ${problem.message}`
  return [
    { code: 'parameter-default', severity: 'error', message, fix: problem.fix, path: ['params', name, 'default'] },
  ]
}
