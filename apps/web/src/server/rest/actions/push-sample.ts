import { ActionError, isSampleOf, judgeBounds, type HarmBound, type LedgerAction } from '@tenon/actions'
import * as z from 'zod'
import { actorKey } from '../../actor.ts'
import { defineOperation } from '../operation.ts'
import { actionId } from './action-schema.ts'

export const pushSample = defineOperation({
  id: 'pushSample',
  method: 'POST',
  path: '/api/v1/actions/{id}/samples',
  summary: 'Push a measured value to an action’s breaker',
  description:
    'For who knows sooner than a metrics store: the value is judged at once against the action’s bounds on that measure. A breach is put on record, and a worker puts the action back within a second or so, unless writes are stopped. A value within the bounds is not kept.',
  role: 'operator',
  params: z.strictObject({ id: actionId }),
  body: z.strictObject({
    measure: z.string().min(1).describe('As in the bound, e.g. payment.success-rate.'),
    where: z.record(z.string(), z.string()).default({}).describe('As in the bound.'),
    value: z.number(),
  }),
  responses: {
    200: {
      description: 'How it was judged.',
      schema: z
        .object({
          verdict: z.enum(['well', 'harm']),
          detail: z.string().nullable().describe('What is broken: the measure, its value and the bound.'),
        })
        .meta({ id: 'SampleVerdict' }),
    },
  },
  errors: {
    'unknown-action': 'There is no such action.',
    'bad-request': 'The action has no bound on this measure, or cannot be put back.',
    'ledger-conflict': 'The action is not in effect.',
  },
  async handler({ params: { id }, body, actor, services, reply }) {
    const { actions } = services.db
    const action = await actions.get(id)
    if (!action)
      throw new ActionError('unknown-action', `There is no action ${id}.`, {
        fix: 'List the actions to see their ids.',
      })
    const bounds = boundsOf(action, body)
    const now = Date.now()
    const sample = { ...body, at: now }
    const verdict = judgeBounds(bounds, [sample], { now, since: now - 1, graceSeconds: 1 })
    if (verdict.kind === 'well') return reply(200, { verdict: 'well', detail: null })
    const known = (await actions.events(id)).some(({ kind }) => kind === 'harm')
    const detail = { verdict: verdict.kind, detail: verdict.detail, pushed: true }
    if (!known) await actions.record(id, { kind: 'harm', actor: actorKey(actor), detail })
    await services.db.breakers.tell()
    return reply(200, { verdict: 'harm', detail: verdict.detail })
  },
})

/** @throws ActionError when nothing of the action is watched by this measure, or it is not in effect. */
function boundsOf(action: LedgerAction, sample: Pick<HarmBound, 'measure' | 'where'>): HarmBound[] {
  if (action.revert === null)
    throw new ActionError('bad-request', `"${action.title}" cannot be put back, so it has no breaker.`, {
      fix: 'Look at its target.',
    })
  if (action.status !== 'done')
    throw new ActionError('ledger-conflict', `"${action.title}" is ${action.status}, not in effect.`, {
      fix: 'Push samples only while it is in effect.',
    })
  const bounds = action.request.harm ?? []
  const found = bounds.filter((bound) => isSampleOf(sample, bound))
  if (found.length > 0) return found
  const has = bounds.map(({ measure, where }) => `${measure} ${JSON.stringify(where)}`).join(', ')
  throw new ActionError('bad-request', `"${action.title}" has no bound on ${sample.measure} with this "where".`, {
    fix: bounds.length === 0 ? 'Give the step bounds in "harm".' : `Push one that it has: ${has}.`,
  })
}
