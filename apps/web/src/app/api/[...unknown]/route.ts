import { ApiError, toResponse } from '../../../server/errors.ts'

/** Callers of the API get JSON, also for an address that is not there. */
function handle(request: Request): Response {
  const { pathname } = new URL(request.url)
  return toResponse(
    new ApiError({
      status: 404,
      code: 'not-found',
      message: `There is no ${request.method} ${pathname}.`,
      fix: 'See docs/api.md for the addresses.',
    }),
  )
}

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT }
