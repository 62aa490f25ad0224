import { initTRPC, TRPCError } from '@trpc/server'
import superjson from 'superjson'
import type { Actor } from '../actor.ts'
import { ApiError, problemOf, toTrpcError } from '../errors.ts'
import { decide } from '../policy.ts'
import { assertSameOrigin } from '../same-origin.ts'
import type { Services } from '../services.ts'

/** One request: who asks, with what headers, and where cookies of the answer go. */
export interface ApiContext {
  services: Services
  actor: Extract<Actor, { kind: 'user' }> | null
  headers: Headers
  answerHeaders: Headers
}

const t = initTRPC.context<ApiContext>().create({
  transformer: superjson,
  errorFormatter({ shape, error }) {
    const { code, message, fix, detail, status } = problemOf(error)
    // The stack stays in the server, also in development.
    return {
      ...shape,
      message,
      data: {
        code: shape.data.code,
        httpStatus: status,
        path: shape.data.path,
        problem: { code, message, fix, detail },
      },
    }
  },
})

export const router = t.router
/** For tests, which call procedures without HTTP. */
export const createCallerFactory = t.createCallerFactory

const translateErrors = t.middleware(async ({ next }) => {
  const result = await next()
  if (!result.ok) throw toTrpcError(result.error)
  return result
})

/** The one place where a procedure's policy is checked. */
const enforcePolicy = t.middleware(async ({ ctx, path, type, next }) => {
  // Before all else: an answer to a forged request must not even tell whether it would be allowed.
  if (type === 'mutation') assertSameOrigin(ctx.headers, ctx.services.configuration.publicUrl)
  const decision = decide(path, ctx.actor)
  if (decision.allowed) return next()
  switch (decision.reason) {
    case 'no-policy':
      throw new ApiError({
        status: 403,
        code: 'no-policy',
        message: `Nothing says who may call ${path}, so nobody may.`,
        fix: 'Add it to the table in src/server/policy.ts.',
      })
    case 'unauthenticated':
      throw new ApiError({ status: 401, code: 'signed-out', message: 'You are not signed in.', fix: 'Sign in.' })
    case 'role':
      throw new ApiError({
        status: 403,
        code: 'role-too-low',
        message: `This needs the role ${decision.needed}; you are ${ctx.actor?.role ?? 'not signed in'}.`,
        fix: 'Ask an admin for the role.',
      })
  }
})

const withUser = t.middleware(({ ctx, next }) => {
  if (!ctx.actor) throw new TRPCError({ code: 'UNAUTHORIZED' })
  return next({ ctx: { ...ctx, actor: ctx.actor } })
})

/** For procedures that also answer people who are not signed in. */
export const openProcedure = t.procedure.use(translateErrors).use(enforcePolicy)
/** For all others: `ctx.actor` is a user. */
export const procedure = openProcedure.use(withUser)
