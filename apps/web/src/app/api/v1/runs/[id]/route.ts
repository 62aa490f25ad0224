import { restRoute } from '../../../../../server/rest/route.ts'
import { runView } from '../../../../../server/rest/run-view.ts'

export const GET = restRoute<{ id: string }>('GET /api/v1/runs/{id}', async ({ params, services }) =>
  Response.json(await runView(services, params.id), { headers: { 'cache-control': 'no-store' } }),
)
