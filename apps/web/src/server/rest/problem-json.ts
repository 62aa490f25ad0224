import type { ApiProblem } from '../api-problem.ts'
import * as z from 'zod'

export const problemContentType = 'application/problem+json'

/** One of several things that are wrong: a field of the request, or a place in a document. */
export const problemItem = z
  .looseObject({
    message: z.string(),
    path: z.array(z.union([z.string(), z.number()])).describe('Where: names and positions, outermost first.'),
    code: z.string().optional(),
    fix: z.string().optional(),
  })
  .meta({ id: 'ProblemItem' })

/** RFC 9457, with a stable code and what to do next. */
export const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    title: z.string().describe('The status in words.'),
    status: z.int(),
    code: z.string().describe('Stable, kebab-case: what programs decide by.'),
    detail: z.string().describe('What is wrong, for people.'),
    fix: z.string().describe('What to do next.'),
    instance: z.string().describe('The id of the request, also in X-Request-Id and in the log.').optional(),
    problems: z.array(problemItem).optional(),
    data: z.unknown().describe('Facts to go on with, such as the newer draft of a conflict.').optional(),
  })
  .meta({ id: 'Problem' })
export type ProblemJson = z.infer<typeof problemSchema>

const titles: Record<ApiProblem['status'], string> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Content too large',
  415: 'Unsupported media type',
  421: 'Misdirected request',
  422: 'Unprocessable content',
  429: 'Too many requests',
  500: 'Internal server error',
  502: 'Bad gateway',
  503: 'Service unavailable',
}

const problemList = z.array(problemItem)
const withProblems = z.looseObject({ problems: problemList })

/** A problem as callers get it. */
export function problemJson(problem: ApiProblem, requestId?: string): ProblemJson {
  const { status, code, message, fix, detail } = problem
  const several = problemList.safeParse(detail).data ?? withProblems.safeParse(detail).data?.problems
  return {
    type: 'about:blank',
    title: titles[status],
    status,
    code,
    detail: message,
    fix,
    ...(requestId === undefined ? {} : { instance: requestId }),
    ...(several ? { problems: several } : detail === undefined ? {} : { data: detail }),
  }
}
