import { restRoute } from '../../../../../../server/rest/route.ts'
import { startRunOverRest } from '../../../../../../server/rest/start-run.ts'

export const POST = restRoute<{ name: string }>('POST /api/v1/runbooks/{name}/runs', startRunOverRest)
