/** Pure: workflows and activities both say it this way. */
import type { StepError } from '@tenon/runbook'
import type * as z from 'zod'

/** `bad-input` or `bad-output` with the paths that do not fit. */
export function schemaError(code: 'bad-input' | 'bad-output', type: string, error: z.ZodError): StepError {
  const lines = error.issues.map((issue) => `${issue.path.join('.') || 'value'}: ${issue.message}`)
  return {
    code,
    message: `${type}: ${lines.join('; ')}`,
    fix:
      code === 'bad-input'
        ? 'Correct the step’s fields in the runbook; expressions may have given another type than the field takes.'
        : "This is a fault of the node's code: report it with the worker's log of this run.",
    retryable: false,
  }
}
