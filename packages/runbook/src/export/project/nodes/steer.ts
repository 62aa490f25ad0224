/** Steps that only decide or name values. */
import type { StepResult } from '../flow/step.ts'

export function branch({ condition }: { condition: boolean }): StepResult<'yes' | 'no', { condition: boolean }> {
  if (typeof condition !== 'boolean') throw new Error('The condition is not true or false.')
  return {
    outcome: condition ? 'yes' : 'no',
    output: { condition },
    summary: condition ? 'The condition holds' : 'The condition does not hold',
  }
}

/** Goes the way of the first case that holds. */
export function switchCase({
  cases,
}: {
  cases: { name: string; when: boolean }[]
}): StepResult<string, { case: string }> {
  if (cases.some(({ when }) => typeof when !== 'boolean')) throw new Error('A case is not true or false.')
  const name = cases.find(({ when }) => when)?.name ?? 'otherwise'
  return { outcome: name, output: { case: name }, summary: `Goes the way of ${name}` }
}

/** Names values once, so that later steps read them by name. */
export function setValues({ values }: { values: Record<string, unknown> }): StepResult<'done', any> {
  const names = Object.keys(values)
  return { outcome: 'done', output: values, summary: names.length === 0 ? 'No values' : `Set ${names.join(', ')}` }
}
