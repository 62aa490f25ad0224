/** Every REST route goes through here: who asks, whether they may, how large the body is, and how errors are told. */
import type { Actor } from '../actor.ts'
import { composition } from '../composition.ts'
import { ApiError, toResponse } from '../errors.ts'
import { decide, type Operation } from '../policy.ts'
import type { Services } from '../services.ts'

export interface RestCall<Params> {
  request: Request
  params: Params
  actor: Actor
  services: Services
}

type RestHandler<Params> = (call: RestCall<Params>) => Promise<Response>
type NextHandler<Params> = (request: Request, context: { params: Promise<Params> }) => Promise<Response>

/** @param services for tests; the server's own by default. */
export function restRoute<Params = Record<string, never>>(
  operation: Operation,
  handler: RestHandler<Params>,
  services: () => Services = composition,
): NextHandler<Params> {
  return async (request, context) => {
    try {
      const parts = services()
      const actor = await actorOf(request, parts)
      const decision = decide(operation, actor)
      if (!decision.allowed) return refused(decision)
      // Only operations for `anyone` get here without an actor, and REST has none of them.
      if (!actor) return refused({ reason: 'unauthenticated' })
      return await handler({ request, params: await context.params, actor, services: parts })
    } catch (error) {
      return toResponse(error)
    }
  }
}

/** A bearer token; sessions of browsers count for nothing here, so that no page can make a browser call it. */
async function actorOf(request: Request, { db }: Services): Promise<Actor | null> {
  const [scheme, token, ...rest] = (request.headers.get('authorization') ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) return null
  const found = await db.tokens.authenticate(token)
  return found && { kind: 'token', ...found }
}

function refused(decision: { reason: 'no-policy' | 'unauthenticated' } | { reason: 'role'; needed: string }): Response {
  switch (decision.reason) {
    case 'unauthenticated': {
      const response = toResponse(
        new ApiError({
          status: 401,
          code: 'unauthenticated',
          message: 'There is no valid API token in the request.',
          fix: 'Send "Authorization: Bearer <token>"; make a token in Settings, API tokens.',
        }),
      )
      response.headers.set('www-authenticate', 'Bearer realm="tenon"')
      return response
    }
    case 'role':
      return toResponse(
        new ApiError({
          status: 403,
          code: 'role-too-low',
          message: `This needs the role ${decision.needed}, which the token does not have.`,
          fix: 'Make a token with that role in Settings, API tokens.',
        }),
      )
    case 'no-policy':
      return toResponse(
        new ApiError({
          status: 403,
          code: 'no-policy',
          message: 'Nothing says who may call this, so nobody may.',
          fix: 'Add it to the table in src/server/policy.ts.',
        }),
      )
  }
}
