import * as z from 'zod'
import { optionalTargetField, targetEntityField } from '../../input-fields.ts'
import { defineAction, leasedInput } from '../../define-action.ts'

export const rateLimit = defineAction({
  type: 'act.rate-limit',
  title: 'Limit the rate',
  description:
    'Limits the requests per second that reach a service, all of them or those of one route or caller, reads the limit back, and restores the old one when the lease ends. Refused when it would turn most of the present traffic away.',
  icon: 'gauge',
  mainInput: 'entity',
  input: leasedInput({
    entity: targetEntityField.meta({
      title: 'Entity',
      description: 'Whose requests are limited; one service with an edge in the model.',
      'x-widget': 'entity',
    }),
    requestsPerSecond: z
      .number()
      .positive()
      .meta({ title: 'Requests per second', description: 'What is let through; the rest is refused at the edge.' }),
    route: optionalTargetField
      .max(128)
      .refine((text) => text === '' || text.startsWith('/'), 'Write a path as /refund.')
      .optional()
      .meta({ title: 'Route', description: 'Only requests whose path after the service begins so, e.g. /refund.' }),
    caller: optionalTargetField.max(64).optional().meta({
      title: 'Caller',
      description: 'Only requests of this caller, as the edge names it. Not together with a route.',
    }),
  }),
  // A field that was left empty in a form is none.
  request: ({ entity, requestsPerSecond, route, caller }, common) => ({
    kind: 'rate-limit',
    entity,
    requestsPerSecond,
    ...(route ? { route } : {}),
    ...(caller ? { caller } : {}),
    ...common,
  }),
  said({ entity, requestsPerSecond, route, caller }) {
    const of = route || caller
    return `${of ? `${of} at ${entity}` : entity} limited to ${requestsPerSecond} requests/s`
  },
})
