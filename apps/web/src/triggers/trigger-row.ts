import type { Outputs } from '../ui/api.tsx'

export type TriggerRow = Outputs['triggers']['list'][number]
export type InboundRow = Outputs['triggers']['inbound'][number]
export type Disposition = InboundRow['disposition']

/** What procedures name a trigger by. */
export const nameOf = ({ runbook, environment, name }: TriggerRow) => ({
  runbook: runbook.name,
  environment,
  trigger: name,
})

export const keyOf = ({ runbook, environment, name }: TriggerRow): string => `${runbook.name}/${name}@${environment}`
