/** Any error as people read it: what happened and what to do next. */
import * as z from 'zod'

export interface ReadableProblem {
  code: string
  message: string
  fix: string
}

/** What the server's error formatter adds to a tRPC error. Parsed, because an error can come from anywhere. */
const serverError = z.object({
  message: z.string(),
  data: z
    .object({
      code: z.string().optional(),
      httpStatus: z.number().optional(),
      problem: z.object({ code: z.string(), message: z.string().optional(), fix: z.string().optional() }).nullish(),
      fix: z.string().nullish(),
    })
    .nullish(),
})

const fixes: Record<string, string> = {
  UNAUTHORIZED: 'Sign in again.',
  FORBIDDEN: 'Ask an admin for a role that allows it.',
  NOT_FOUND: 'Check the address; it may have been deleted.',
  CONFLICT: 'Someone was faster. Reload to see the newer state.',
  TIMEOUT: 'Try again in a moment.',
}

/** @example toast.error(readProblem(error).message) */
export function readProblem(error: unknown): ReadableProblem {
  const parsed = serverError.safeParse(error)
  if (parsed.success && parsed.data.data) {
    const { message, data } = parsed.data
    const code = data.problem?.code ?? data.code ?? 'unknown'
    return {
      code,
      message: data.problem?.message ?? message,
      fix: data.problem?.fix ?? data.fix ?? fixes[data.code ?? ''] ?? 'Try again; if it stays, look at the server log.',
    }
  }
  const message = error instanceof Error ? error.message : String(error)
  if (/fetch|network|load failed/i.test(message)) {
    return {
      code: 'server-unreachable',
      message: 'The server does not answer.',
      fix: 'Check that Tenon is running and that this machine reaches it; the page tries again by itself.',
    }
  }
  return { code: 'unexpected', message, fix: 'Reload the page; if it stays, look at the server log.' }
}

/** Whether the server said that nobody is signed in. */
export function isSignedOut(error: unknown): boolean {
  const parsed = serverError.safeParse(error)
  return parsed.success && parsed.data.data?.code === 'UNAUTHORIZED'
}
