/** Dynamic compute for the pages and the API: asked, and its answer kept for a while if somebody wants to show it to others. */
import { computeAsk, computeResult, createRunScope, type ComputeResult } from '@tenon/data'
import { roleIncludes } from '@tenon/db'
import * as z from 'zod'
import { actorKey, type Actor } from '../actor.ts'
import { ApiError } from '../errors.ts'
import type { Services } from '../services.ts'

const longestKeepSeconds = 30 * 86_400

/** The same for the pages and the API. */
export const computeRequest = z
  .strictObject({
    ...computeAsk.shape,
    keepSeconds: z
      .number()
      .int()
      .min(60)
      .max(longestKeepSeconds)
      .optional()
      .describe('Keeps the answer for so long, at most 30 days; `keptId` says where.'),
  })
  .meta({ id: 'ComputeRequest' })

export const computeAnswer = z
  .object({ ...computeResult.shape, keptId: z.string().optional() })
  .meta({ id: 'ComputeAnswer' })
export type ComputeAnswer = ComputeResult & { keptId?: string }

export const keptResult = z
  .object({
    id: z.string(),
    ask: computeAsk,
    result: computeResult,
    keptBy: z.string(),
    createdAt: z.string(),
    expiresAt: z.string(),
  })
  .meta({ id: 'KeptResult' })

export async function computeFor(
  services: Services,
  actor: Actor,
  { request, signal }: { request: z.output<typeof computeRequest>; signal: AbortSignal | null },
): Promise<ComputeAnswer> {
  const { keepSeconds, ...ask } = request
  if (typeof ask.from !== 'string' && !roleIncludes(actor.role, 'editor')) throw beyondTheModel()
  const data = await services.data()
  const result = await data.compute(ask, { signal, scope: createRunScope(actorKey(actor)) })
  if (keepSeconds === undefined) return result
  await services.db.keptResults.forgetExpired()
  const keptId = await services.db.keptResults.keep({
    ask,
    result,
    expiresAt: Date.now() + keepSeconds * 1000,
    by: actorKey(actor),
  })
  return { ...result, keptId }
}

/** @throws ApiError `unknown-result` when there is none, or its time is over */
export async function keptFor(services: Services, id: string): Promise<z.output<typeof keptResult>> {
  const found = await services.db.keptResults.get(id)
  if (found) return keptResult.parse(found)
  throw new ApiError({
    status: 404,
    code: 'unknown-result',
    message: 'There is no such result, or its time is over.',
    fix: 'Compute it again.',
  })
}

/** A connection may hold more than the model shows; who writes runbooks can read all of it, others what the model names. */
const beyondTheModel = (): ApiError =>
  new ApiError({
    status: 403,
    code: 'role-too-low',
    message: 'Asking a connection beyond the model needs the role editor.',
    fix: 'Ask a table or a measure of the model, or ask an admin for the role.',
  })
