import { postChange } from '../../../../server/rest/post-change.ts'
import { restRoute } from '../../../../server/rest/route.ts'

export const POST = restRoute('POST /api/v1/changes', postChange)
