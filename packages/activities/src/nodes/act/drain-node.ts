import * as z from 'zod'
import { targetField } from '../../input-fields.ts'
import { defineAction, leasedInput } from '../../define-action.ts'

export const drainNode = defineAction({
  type: 'act.drain-node',
  title: 'Drain a node',
  description:
    'Takes a Kubernetes node out of scheduling and moves its pods within their disruption budgets. When the lease ends it takes new pods again.',
  icon: 'boxes',
  mainInput: 'node',
  input: leasedInput({
    connection: targetField.meta({ title: 'Connection', description: 'Of kind kubernetes.' }),
    node: targetField.meta({ title: 'Node', description: 'Its name in the cluster.' }),
    evict: z.boolean().default(true).meta({ title: 'Move its pods', description: 'Off: only no new pods come.' }),
  }),
  request: ({ connection, node, evict }, common) => ({ kind: 'drain-node', connection, node, evict, ...common }),
  said: ({ node, evict }) => `${node} ${evict ? 'drained' : 'cordoned'}`,
})
