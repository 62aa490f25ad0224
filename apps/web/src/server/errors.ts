/** Every error, translated once: what callers of the API and the browser are told. */
import type { DbErrorCode } from '@tenon/db'
import { isGrpcServiceError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import { TRPCError } from '@trpc/server'
import * as z from 'zod'
import type { ApiProblem, HttpStatus } from './api-problem.ts'
import { problemContentType, problemJson } from './rest/problem-json.ts'

export type { ApiProblem }

/** Thrown by the server's own code. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly problem: ApiProblem

  constructor(problem: ApiProblem, options: { cause?: unknown } = {}) {
    super(problem.message, options)
    this.problem = problem
  }
}

const dbStatus: Record<DbErrorCode, HttpStatus> = {
  'unknown-runbook': 404,
  'unknown-version': 404,
  'unknown-run': 404,
  'unknown-trigger': 404,
  'unknown-backtest-case': 404,
  'version-unreadable': 409,
  'unknown-connection': 404,
  'unknown-user': 404,
  'unknown-token': 404,
  'name-taken': 409,
  'draft-conflict': 409,
  'idempotency-key-reused': 409,
  'last-admin': 409,
  'link-invalid': 400,
  'encryption-key-missing': 500,
  'secret-unreadable': 500,
  'model-conflict': 409,
  'unknown-proposal': 404,
  'proposal-decided': 409,
  'discovery-running': 409,
  'unknown-view': 404,
  'unknown-report': 404,
  'unknown-alert-group': 404,
  'unknown-calendar': 404,
  'calendar-closed': 409,
  'exception-refused': 409,
  'unknown-breaker': 404,
  'breaker-over': 409,
  'unknown-approval': 404,
  'approval-expired': 409,
  'author-may-not-approve': 403,
}

const apiError = z.object({
  name: z.literal('ApiError'),
  problem: z.custom<ApiProblem>((value) => typeof value === 'object'),
})
const dbError = z.object({
  name: z.literal('DbError'),
  code: z.enum(Object.keys(dbStatus) as [DbErrorCode, ...DbErrorCode[]]),
  message: z.string(),
  fix: z.string(),
  detail: z.unknown().optional(),
})
const actionError = z.object({ name: z.literal('ActionError'), code: z.string(), message: z.string(), fix: z.string() })
const expressError = z.object({
  name: z.literal('ExpressError'),
  code: z.string(),
  message: z.string(),
  fix: z.string(),
  retryable: z.boolean(),
})
const coded = z.object({ name: z.string(), code: z.string(), message: z.string(), fix: z.string() })
/** What PostgreSQL's driver and Prisma say when the database is away. */
const databaseAway = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'P1001', 'P1002', 'P1017', 'P2024', 'P2028'])

/**
 * Never shows what it does not know: an unforeseen error becomes a number that the server's log explains.
 *
 * Our own errors are told by their names and not by `instanceof`: routes are bundled apart from each other, so an error that was made by a part of
 * another route is of another copy of its class.
 */
export function problemOf(error: unknown): ApiProblem {
  const api = apiError.safeParse(error)
  if (api.success) return api.data.problem
  const db = dbError.safeParse(error)
  if (db.success) {
    const { code, message, fix, detail } = db.data
    return { status: dbStatus[code], code, message, fix, detail }
  }
  const action = actionError.safeParse(error)
  if (action.success) {
    const { code, message, fix } = action.data
    return { status: code === 'unknown-action' ? 404 : code === 'target-unreachable' ? 502 : 409, code, message, fix }
  }
  if (error instanceof z.ZodError) return badInput(error)
  if (error instanceof TRPCError) return trpcProblem(error)
  if (error instanceof WorkflowNotFoundError) {
    return {
      status: 409,
      code: 'run-not-waiting',
      message: 'It has ended already.',
      fix: 'Load the page again to see how.',
    }
  }
  if (error instanceof WorkflowUpdateFailedError) return refusal(error)
  const grpc = causes(error).find(isGrpcServiceError)
  if (grpc) return temporalProblem(grpc)
  if (hasNul(error)) {
    return {
      status: 400,
      code: 'bad-input',
      message: 'A text has a NUL character in it, which the database does not take.',
      fix: 'Remove it and send the request again.',
    }
  }
  const express = expressError.safeParse(error)
  if (express.success) {
    const { code, message, fix, retryable } = express.data
    return { status: retryable ? 503 : 409, code, message, fix }
  }
  // DataError and the like: errors of our packages that carry a code and a fix of their own. Before what a driver says: a source that is away
  // refuses connections as the database does, and is the cause of such an error.
  const own = coded.safeParse(error)
  if (own.success) {
    const status = own.data.code.startsWith('unknown-') ? 404 : own.data.code.startsWith('source-') ? 502 : 400
    return { status, code: own.data.code, message: own.data.message, fix: own.data.fix }
  }
  if (isDatabaseAway(error)) {
    return {
      status: 503,
      code: 'database-unreachable',
      message: 'The database does not answer.',
      fix: 'Check that PostgreSQL runs at DATABASE_URL, then try again.',
    }
  }
  return unforeseen(error)
}

export const temporalUnreachable: ApiProblem = {
  status: 503,
  code: 'temporal-unreachable',
  message: 'Temporal does not answer, so nothing can be started or decided now.',
  fix: 'Check that Temporal runs at TEMPORAL_ADDRESS, then try again.',
}

/** Cancelled, deadline exceeded, resource exhausted, unavailable: https://grpc.io/docs/guides/status-codes/ */
const awayCodes = new Set([1, 4, 8, 14])

function temporalProblem({ code, details }: { code: number; details: string }): ApiProblem {
  if (awayCodes.has(code)) return temporalUnreachable
  return {
    status: 502,
    code: 'temporal-refused',
    message: `Temporal refused it: ${details}.`,
    fix: 'Check TEMPORAL_NAMESPACE and the runbook’s schedule, then try again.',
  }
}

/** An error and what caused it, outermost first. */
function causes(error: unknown): Error[] {
  const chain: Error[] = []
  for (let at = error; at instanceof Error && chain.length < 5; at = at.cause) chain.push(at)
  return chain
}

function badInput(error: z.ZodError): ApiProblem {
  const first = error.issues[0]
  const where = first && first.path.length > 0 ? first.path.join('.') : 'The request'
  return {
    status: 400,
    code: 'bad-input',
    message: first ? `${where}: ${first.message}` : 'The request is not what was expected.',
    fix: 'Correct the named field and send it again.',
    detail: error.issues.map((issue) => ({ path: issue.path, message: issue.message })),
  }
}

const statusOfTrpc: Partial<Record<TRPCError['code'], HttpStatus>> = {
  BAD_REQUEST: 400,
  PARSE_ERROR: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_SUPPORTED: 404,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  TOO_MANY_REQUESTS: 429,
}

function trpcProblem(error: TRPCError): ApiProblem {
  // tRPC wraps what a procedure throws; what it threw says more.
  if (error.cause && !(error.cause instanceof TRPCError)) return problemOf(error.cause)
  const status = statusOfTrpc[error.code]
  if (!status) return unforeseen(error)
  return {
    status,
    code: error.code.toLowerCase().replaceAll('_', '-'),
    message: error.message,
    fix: 'Check the request.',
  }
}

const refusals: Record<string, { status: HttpStatus; message: string; fix: string }> = {
  'no-such-waiting-step': {
    status: 409,
    message: 'Nothing waits for this approval any more.',
    fix: 'Load the page again to see how it ended.',
  },
  'plan-changed': {
    status: 409,
    message: 'The plan is not the one that was shown.',
    fix: 'Look at the plan as it is now, then decide again.',
  },
  'queue-full': {
    status: 429,
    message: 'Too many runs of this concurrency key wait already.',
    fix: 'Wait until some have ended, or cancel some that wait.',
  },
  'already-decided': { status: 409, message: 'Someone decided already.', fix: 'Load the page again to see who.' },
  'requester-may-not-approve': {
    status: 403,
    message: 'Who asked for this run may not approve it, by a token neither.',
    fix: 'Ask another operator to decide.',
  },
  'not-an-approver': {
    status: 403,
    message: 'The step names the people who may approve it, and you are not among them.',
    fix: 'Ask one of them.',
  },
}

/** A workflow's validator refused an update; its failure's type is the code. */
function refusal(error: WorkflowUpdateFailedError): ApiProblem {
  const cause = error.cause
  const code = cause && 'type' in cause && typeof cause.type === 'string' ? cause.type : 'refused'
  const known = refusals[code]
  if (known) return { code, ...known }
  return {
    status: 409,
    code,
    message: cause?.message ?? 'The run refused it.',
    fix: 'Load the page again to see its state.',
  }
}

const nulCodes = new Set(['22021', '22P05'])

/** PostgreSQL's codes for it: of its driver's errors, and in the text of Prisma's, which has no code of its own for them. */
function hasNul(error: unknown): boolean {
  return causes(error).some(
    (at) =>
      ('code' in at && typeof at.code === 'string' && nulCodes.has(at.code)) ||
      /Code: `(22021|22P05)`/.test(at.message),
  )
}

function isDatabaseAway(error: unknown): boolean {
  return causes(error).some((at) => 'code' in at && typeof at.code === 'string' && databaseAway.has(at.code))
}

function unforeseen(error: unknown): ApiProblem {
  const number = Math.random().toString(36).slice(2, 10)
  console.error(JSON.stringify({ level: 'error', number, message: 'unforeseen error', stack: stackOf(error) }))
  return {
    status: 500,
    code: 'internal',
    message: `Something went wrong in the server (${number}).`,
    fix: `Try again; if it stays, look for ${number} in the server's log.`,
  }
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause ? `${error.stack}\ncaused by ${stackOf(error.cause)}` : (error.stack ?? error.message)
}

const codeOfStatus: Record<HttpStatus, TRPCError['code']> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  421: 'BAD_REQUEST',
  422: 'UNPROCESSABLE_CONTENT',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_SERVER_ERROR',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
}

/** For tRPC, which answers with the status of its own error class. The problem travels as the cause. */
export function toTrpcError(error: unknown): TRPCError {
  const problem = problemOf(error)
  return new TRPCError({
    code: codeOfStatus[problem.status],
    message: problem.message,
    cause: new ApiError(problem, { cause: error }),
  })
}

/** For the routes of the pages (sign-in, live updates). */
export function toResponse(error: unknown): Response {
  const problem = problemOf(error)
  return Response.json(problemJson(problem), {
    status: problem.status,
    headers: { 'content-type': problemContentType },
  })
}
