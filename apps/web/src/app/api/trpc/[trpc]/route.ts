import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { appRouter } from '../../../../server/api/router.ts'
import { composition } from '../../../../server/composition.ts'
import { toResponse } from '../../../../server/errors.ts'
import { bounded } from '../../../../server/bounded-request.ts'

const mostInOneBatch = 30

async function handle(request: Request): Promise<Response> {
  try {
    const services = composition()
    const answerHeaders = new Headers()
    const response = await fetchRequestHandler({
      endpoint: '/api/trpc',
      req: await bounded(request),
      router: appRouter,
      maxBatchSize: mostInOneBatch,
      createContext: async () => ({
        services,
        actor: await services.auth.actorOf(request.headers),
        headers: request.headers,
        answerHeaders,
      }),
    })
    for (const cookie of answerHeaders.getSetCookie()) response.headers.append('set-cookie', cookie)
    response.headers.set('cache-control', 'no-store')
    return response
  } catch (error) {
    return toResponse(error)
  }
}

export { handle as GET, handle as POST }
