/** A runbook acts alone only where people let it. */
import { messageOf } from '../action-error.ts'
import type { GuardCheck } from './guard.ts'

const name = 'It may do this'

export const autonomy: GuardCheck = async ({ scope, approved }, deps) => {
  // A person who asks is the supervision; silences have a switch of their own.
  if (scope.runbook === null || scope.kind === 'silence') return null
  if (!(await deps.policy()).autonomy.required) return null
  if (!deps.autonomyOf) return { name, pass: false, detail: 'What the runbook may do cannot be looked up here' }
  try {
    const { level, demotedBy } = await deps.autonomyOf(scope.runbook, scope.kind)
    const what = `${scope.kind} by ${scope.runbook}`
    switch (level) {
      case 'observe':
        return { name, pass: false, detail: `${what} is at observe: it is shown, and nothing is done` }
      case 'suggest':
        return { name, pass: false, detail: `${what} is at suggest: a person carries it out` }
      case 'approve': {
        const why = demotedBy ? `, because "${demotedBy.title}" ended ${demotedBy.status}` : ''
        // Null: it is shown to those who are to approve.
        return { name, pass: approved !== false, detail: `${what} needs an approval${why}` }
      }
      case 'automatic':
        return { name, pass: true, detail: `${what} may go on by itself` }
    }
  } catch (error) {
    return { name, pass: false, detail: `What the runbook may do could not be read (${messageOf(error)})` }
  }
}
