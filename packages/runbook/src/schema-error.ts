import type * as z from 'zod'
import type { StepError } from './run.ts'

/**
 * `bad-input` or `bad-output` of a node, with the paths that do not fit. Pure: workflows and activities both say it this way.
 *
 * @param fault what to do about output that does not fit.
 */
export function schemaError(
  code: 'bad-input' | 'bad-output',
  type: string,
  { error, fault = "This is a fault of the node's code: report it." }: { error: z.ZodError; fault?: string },
): StepError {
  const lines = error.issues.map((issue) => `${issue.path.join('.') || 'value'}: ${issue.message}`)
  return {
    code,
    message: `${type}: ${lines.join('; ')}`,
    fix:
      code === 'bad-input'
        ? 'Correct the step’s fields in the runbook; expressions may have given another type than the field takes.'
        : fault,
    retryable: false,
  }
}
