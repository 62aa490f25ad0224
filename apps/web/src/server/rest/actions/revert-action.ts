import * as z from 'zod'
import { actorKey, labelOf } from '../../actor.ts'
import { defineOperation } from '../operation.ts'
import { actionId, actionOf, actionSchema } from './action-schema.ts'

export const revertAction = defineOperation({
  id: 'revertAction',
  method: 'POST',
  path: '/api/v1/actions/{id}/revert',
  summary: 'Put an action back',
  description:
    'Answers when it is put back and read back, which may take some seconds. Works also while writes are stopped.',
  role: 'operator',
  params: z.strictObject({ id: actionId }),
  responses: { 200: { description: 'The action as it is now.', schema: actionSchema } },
  errors: { 'unknown-action': 'There is no such action.', 'run-not-waiting': 'It is over already.' },
  async handler({ params: { id }, actor, services, reply }) {
    const { title } = await actionOf(services, id)
    await services.engine.revertAction(id, { by: labelOf(actor) })
    await services.db.audit.append({ actor: actorKey(actor), action: 'actions.revert', subject: title })
    return reply(200, await actionOf(services, id))
  },
})
