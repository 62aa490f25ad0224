/** One statement of a database. It counts as done when its check reads what is expected, whatever the statement answered. */
import type { Intent, SettingValue, TargetState } from '../driver.ts'
import type { ActionRequest } from '../request.ts'
import type { Draft } from './draft.ts'

type StatementRequest = Extract<ActionRequest, { kind: 'statement' }>

/** The request as an intent, also for asking whether it took effect already. */
export function statementIntent(
  { statement, parameters, maximumRows, check, expected }: StatementRequest,
  target: string,
): Extract<Intent, { kind: 'run-statement' }> {
  return { kind: 'run-statement', target, statement, parameters, maximumRows, check, expected }
}

/** Cannot be put back: what rows were before is not kept here. A statement that undoes it is a statement of its own. */
export function planStatement(request: StatementRequest, state: TargetState): Draft {
  const { title, statement, parameters, maximumRows, check, expected } = request
  const present: SettingValue = state.values['check'] ?? null
  const isThere = present === expected
  return {
    title,
    intent: statementIntent(request, state.target),
    revert: null,
    diff: [{ label: 'check', before: present === null ? 'NULL' : String(present), after: expected }],
    facts: [
      { label: 'statement', value: statement },
      ...(parameters.length > 0 ? [{ label: 'parameters', value: JSON.stringify(parameters) }] : []),
      { label: 'rows', value: `at most ${maximumRows}, else it is rolled back` },
      { label: 'check', value: check },
      { label: 'verify', value: 'in its transaction, and read back after it' },
    ],
    guards: [
      {
        name: 'Something to change',
        pass: !isThere,
        detail: isThere ? `The check reads ${expected} already` : `${present ?? 'NULL'} → ${expected}`,
      },
    ],
  }
}
