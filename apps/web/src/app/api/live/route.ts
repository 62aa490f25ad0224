import { composition } from '../../../server/composition.ts'
import { ApiError, toResponse } from '../../../server/errors.ts'
import { liveStream } from '../../../server/live-stream.ts'
import { decide } from '../../../server/policy.ts'

export async function GET(request: Request): Promise<Response> {
  try {
    const { auth, live } = composition()
    if (!decide('GET /api/live', await auth.actorOf(request.headers)).allowed) {
      throw new ApiError({ status: 401, code: 'signed-out', message: 'You are not signed in.', fix: 'Sign in.' })
    }
    return liveStream(live, request.signal)
  } catch (error) {
    return toResponse(error)
  }
}
