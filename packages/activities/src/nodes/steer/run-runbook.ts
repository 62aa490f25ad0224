import { childInput, childOutput, childType } from '@tenon/runbook'
import { defineNode } from '../../node.ts'

const { runbook, version, params } = childInput.shape

export const runRunbook = defineNode({
  type: childType,
  version: 1,
  title: 'Run a runbook',
  description:
    'Runs another published runbook and waits for its end. The version is pinned when this runbook is published: a newer one of the other is taken at the next publish.',
  group: 'steer',
  icon: 'workflow',
  effect: 'child',
  idempotent: false,
  outcomes: [
    { name: 'normal', tone: 'normal', meaning: 'It concluded that all is normal.' },
    { name: 'abnormal', tone: 'abnormal', meaning: 'It concluded that something is abnormal.' },
    { name: 'inconclusive', tone: 'inconclusive', meaning: 'It could not tell.' },
    { name: 'done', tone: 'neutral', meaning: 'It ended without a conclusion.' },
  ],
  mainInput: 'runbook',
  defaults: { timeoutSeconds: 3600, attempts: 1 },
  input: childInput.extend({
    runbook: runbook.meta({ title: 'Runbook', description: 'Its name.', 'x-widget': 'runbook' }),
    version: version.meta({ title: 'Version', description: 'The newest published one when left out.' }),
    params: params.meta({ title: 'Parameters', description: 'Values for its parameters.' }),
  }),
  output: childOutput,
})
