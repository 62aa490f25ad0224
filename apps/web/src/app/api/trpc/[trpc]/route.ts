import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { appRouter } from '../../../../server/api/router.ts'
import { composition } from '../../../../server/composition.ts'
import { toResponse } from '../../../../server/errors.ts'
import { readBody } from '../../../../server/rest/read-json.ts'

const mostInOneBatch = 30

async function handle(request: Request): Promise<Response> {
  const services = composition()
  try {
    const body = request.method === 'POST' ? await readBody(request) : undefined
    const url = new URL(request.url)
    if (url.pathname.split(',').length > mostInOneBatch) return new Response(null, { status: 414 })
    const answerHeaders = new Headers()
    const response = await fetchRequestHandler({
      endpoint: '/api/trpc',
      // Read and counted above: the same request with its bytes at hand.
      req: new Request(request.url, {
        method: request.method,
        headers: request.headers,
        ...(body ? { body: new Uint8Array(body) } : {}),
      }),
      router: appRouter,
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
