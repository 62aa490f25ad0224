import { inboundDisposition } from '@tenon/db'
import * as z from 'zod'
import { ApiError } from '../errors.ts'
import { isoTime } from '../iso-time.ts'
import { backfillTrigger, existingTrigger, firesBetween, listTriggers, setTriggerPaused } from '../trigger-view.ts'
import { isSchedule } from '../schedules.ts'
import { procedure, router } from './trpc.ts'

const name = z.string().min(1).max(64)
const trigger = z.object({ runbook: name, environment: name.default('production'), trigger: name })
const reason = z.string().trim().min(1, 'Say why: others will ask.').max(400)
const span = { from: isoTime, to: isoTime }

/** Schedules, webhooks and events: what starts runs by itself, and what came in. */
export const triggersRouter = router({
  list: procedure
    .input(z.object({ runbook: name.optional(), kind: z.enum(['schedule', 'webhook', 'event']).optional() }))
    .query(({ ctx, input }) => listTriggers(ctx.services, input)),

  pause: procedure
    .input(trigger.extend({ reason }))
    .mutation(({ ctx, input }) =>
      setTriggerPaused(ctx.services, input, { paused: true, reason: input.reason, actor: ctx.actor }),
    ),

  resume: procedure
    .input(trigger)
    .mutation(({ ctx, input }) =>
      setTriggerPaused(ctx.services, input, { paused: false, reason: '', actor: ctx.actor }),
    ),

  /** The times that a backfill would make up for, before anybody asks for it. */
  backfillTimes: procedure.input(trigger.extend(span)).query(async ({ ctx, input }) => {
    const row = await existingTrigger(ctx.services, input)
    if (!isSchedule(row)) return { times: [] }
    const times = firesBetween(row.content, Date.parse(input.from), Date.parse(input.to))
    return { times: times.map((at) => new Date(at).toISOString()) }
  }),

  backfill: procedure.input(trigger.extend(span)).mutation(({ ctx, input }) =>
    backfillTrigger(ctx.services, input, {
      from: Date.parse(input.from),
      to: Date.parse(input.to),
      actor: ctx.actor,
    }),
  ),

  /** What came in and what became of it, newest first. */
  inbound: procedure
    .input(
      z.object({
        runbook: name.optional(),
        disposition: inboundDisposition.optional(),
        /** `<receivedAt>_<id>` of the last one seen. */
        before: z
          .string()
          .regex(/^\d{4}-\d\d-\d\dT[\d:.]+Z_[\w-]{1,64}$/)
          .optional(),
        limit: z.number().int().min(1).max(200).optional(),
      }),
    )
    .query(async ({ ctx, input }) => {
      const rows = await ctx.services.db.inbound.list({ limit: 50, ...input })
      // A list of payloads may be very long; one is shown when it is asked for.
      return rows.map(({ payload, ...row }) => ({ ...row, hasPayload: payload !== null && payload !== undefined }))
    }),

  inboundEvent: procedure.input(z.object({ id: z.string().min(1).max(64) })).query(async ({ ctx, input }) => {
    const row = await ctx.services.db.inbound.get(input.id)
    if (row) return row
    throw new ApiError({
      status: 404,
      code: 'unknown-event',
      message: `There is no inbound event ${input.id}.`,
      fix: 'Load the list again.',
    })
  }),
})
