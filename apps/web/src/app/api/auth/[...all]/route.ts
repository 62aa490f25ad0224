import { composition } from '../../../../server/composition.ts'
import { ApiError, toResponse } from '../../../../server/errors.ts'
import { bounded } from '../../../../server/bounded-request.ts'
import { assertSameOrigin } from '../../../../server/same-origin.ts'

/** Of better-auth's many endpoints only these are reachable; accounts are made by links (session.claimLink). */
const mounted = new Set(['POST /api/auth/sign-in/email', 'POST /api/auth/sign-out', 'GET /api/auth/get-session'])

async function handle(request: Request): Promise<Response> {
  try {
    const { pathname } = new URL(request.url)
    if (!mounted.has(`${request.method} ${pathname}`)) {
      throw new ApiError({
        status: 404,
        code: 'not-found',
        message: `There is no ${pathname}.`,
        fix: 'Check the address.',
      })
    }
    const { auth, configuration } = composition()
    if (request.method === 'POST') assertSameOrigin(request.headers, configuration.publicUrl)
    return await auth.handler(await bounded(request))
  } catch (error) {
    return toResponse(error)
  }
}

export { handle as GET, handle as POST }
