import type { ActionRequest } from '@tenon/actions'
import { duration } from '@tenon/runbook'
import * as z from 'zod'
import { secondsOf, targetField } from '../../input-fields.ts'
import { defineNode } from '../../node.ts'
import { actionOutcomes, actionOutput, actionResult } from './action-outcome.ts'

const input = z.object({
  connection: targetField.meta({
    title: 'Connection',
    description: 'Where incidents are kept: a gateway (kind http-edge).',
    'x-widget': 'connection',
  }),
  key: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/, 'use letters, digits and _ . : - only')
    .meta({
      title: 'Key',
      description: 'Names the incident for good: opening it twice opens one.',
      'x-widget': 'text',
    }),
  title: z.string().min(1).max(200).meta({ title: 'Title', description: 'What people read.', 'x-widget': 'text' }),
  state: z.enum(['open', 'closed']).default('open').meta({ title: 'State', description: 'Open it, or close it.' }),
  lease: duration.default('24h').meta({
    title: 'Lease',
    description: 'One that was opened is closed after this time, unless somebody keeps it. A closed one stays closed.',
    'x-widget': 'duration',
  }),
})

export const incident = defineNode({
  type: 'act.incident',
  version: 1,
  title: 'Open or close an incident',
  description:
    'Opens an incident by its key, or closes it, and reads it back. Opening it twice opens one; closing keeps its title.',
  group: 'act',
  icon: 'siren',
  effect: 'write',
  idempotent: true,
  outcomes: actionOutcomes,
  mainInput: 'title',
  input,
  output: actionOutput,
  defaults: { timeoutSeconds: 120, attempts: 3 },
  plan: (ctx, given) => ctx.actions.plan(requestOf(given)),
  async run(ctx, given, options) {
    const action = await ctx.actions.apply(requestOf(given), options)
    return actionResult(action, `Incident ${given.key} ${given.state === 'open' ? 'opened' : 'closed'}`)
  },
})

function requestOf({ connection, key, title, state, lease }: z.infer<typeof input>): ActionRequest {
  return { kind: 'incident', connection, key, title, state, leaseSeconds: secondsOf(lease) }
}
