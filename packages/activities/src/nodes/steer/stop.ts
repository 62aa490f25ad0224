import { stopInput } from '@tenon/runbook'
import { defineNode } from '../../node.ts'

const { as, reason } = stopInput.shape

export const stop = defineNode({
  type: 'steer.stop',
  version: 1,
  title: 'Stop',
  description: 'Ends the whole run at once, as succeeded or as failed. What goes on beside it is cancelled.',
  group: 'steer',
  icon: 'octagon-x',
  effect: 'stop',
  idempotent: true,
  outcomes: [{ name: 'stopped', tone: 'neutral', meaning: 'The run has ended.' }],
  mainInput: 'reason',
  input: stopInput.extend({
    as: as.meta({ title: 'As', description: 'How the run ends. Failed runs put back what they applied.' }),
    reason: reason.meta({ title: 'Reason', description: 'Why, for those who read the run.', 'x-widget': 'text' }),
  }),
  output: stopInput,
})
