import * as z from 'zod'

export const longestWaitSeconds = 60

/** `30s`, or seconds as a number; 0 without it. */
export const waitSeconds = z
  .string()
  .regex(/^\d{1,3}s?$/, 'Write it like wait=30s')
  .transform((text) => Number.parseInt(text, 10))
  .refine((seconds) => seconds <= longestWaitSeconds, `It is at most ${longestWaitSeconds} s`)
  .optional()
  .describe('Answer when the run has ended or waits for people, or after this time: `30s`, at most `60s`.')
