/** Pure: workflows and activities both say it this way. */
import { schemaError as describe, type StepError } from '@tenon/runbook'
import type * as z from 'zod'

const fault = "This is a fault of the node's code: report it with the worker's log of this run."

/** `bad-input` or `bad-output` with the paths that do not fit. */
export const schemaError = (code: 'bad-input' | 'bad-output', type: string, error: z.ZodError): StepError =>
  describe(code, type, { error, fault })
