/** Recorded answers of steps, as the tests of a document write them. */
import * as z from 'zod'
import type { StepError, StepResult } from '../run.ts'
import { hypothesis, report, verdict, verdictValue } from '../verdict.ts'

/** `abnormal` for short, when only the value matters. */
const recordedVerdict = z.union([
  verdictValue.transform((value) => ({
    value,
    confidence: 1,
    reasons: [],
    quality: { completeness: 1, freshnessSeconds: 0, notes: [] },
  })),
  verdict,
])

const recordedError = z.strictObject({
  error: z.strictObject({
    code: z.string().min(1),
    message: z.string(),
    fix: z.string().optional(),
    /** Retried as the step's policy says; the same answer comes again. */
    retryable: z.boolean().default(false),
  }),
})

const recordedDone = z.strictObject({
  outcome: z.string().min(1),
  output: z.unknown().optional(),
  summary: z.string().optional(),
  verdict: recordedVerdict.optional(),
  hypotheses: z.array(hypothesis).optional(),
  report: report.optional(),
})

export const recordedAnswer = z.union([recordedError, recordedDone])

export type RecordedAnswer = { kind: 'done'; result: StepResult } | { kind: 'failed'; error: StepError }

export type ReadAnswers =
  | { ok: true; answers: RecordedAnswer[]; repeats: boolean }
  | { ok: false; path: (string | number)[]; message: string }

/** Reads what is recorded for one step: one answer for every time that it runs, or a list of them, one a time. Never throws. */
export function readAnswers(recorded: unknown): ReadAnswers {
  const repeats = !Array.isArray(recorded)
  const answers: RecordedAnswer[] = []
  for (const [index, one] of (Array.isArray(recorded) ? recorded : [recorded]).entries()) {
    // Which of the two forms is meant is plain to see, and a message about both at once is not.
    const failed = typeof one === 'object' && one !== null && Object.hasOwn(one, 'error')
    const parsed = failed ? recordedError.safeParse(one) : recordedDone.safeParse(one)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      const path = (issue?.path ?? []).map((part) => (typeof part === 'number' ? part : String(part)))
      return { ok: false, path: repeats ? path : [index, ...path], message: issue?.message ?? 'It cannot be read.' }
    }
    answers.push(answerOf(parsed.data))
  }
  return { ok: true, answers, repeats }
}

function answerOf(recorded: z.infer<typeof recordedAnswer>): RecordedAnswer {
  if ('error' in recorded) return { kind: 'failed', error: recorded.error }
  const { outcome, output = {}, summary = outcome, ...judged } = recorded
  return { kind: 'done', result: { outcome, output, summary, ...judged } }
}
