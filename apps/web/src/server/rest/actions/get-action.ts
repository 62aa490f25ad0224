import * as z from 'zod'
import { defineOperation } from '../operation.ts'
import { actionId, actionOf, actionSchema } from './action-schema.ts'

export const getAction = defineOperation({
  id: 'getAction',
  method: 'GET',
  path: '/api/v1/actions/{id}',
  summary: 'Get an action',
  role: 'viewer',
  params: z.strictObject({ id: actionId }),
  responses: { 200: { description: 'The action with all that happened to it.', schema: actionSchema } },
  errors: { 'unknown-action': 'There is no such action.' },
  handler: async ({ params, services, reply }) => reply(200, await actionOf(services, params.id)),
})
