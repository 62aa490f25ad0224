/** The kinds of actions, as people read them: one table. */
import type { Inputs } from './api.tsx'

export type ActionKind = Inputs['actionRules']['grant']['kind']

export const actionKinds: Record<ActionKind, string> = {
  'traffic-switch': 'Switch traffic',
  'rate-limit': 'Limit the rate',
  feature: 'Degrade a feature',
  scale: 'Scale',
  restart: 'Restart',
  'roll-back': 'Roll back',
  'drain-node': 'Drain a node',
  silence: 'Silence alerts',
  incident: 'Open and close incidents',
  statement: 'Run a statement',
}

/** @param kind of a newer server it may be one that this page does not know. */
export function actionKindWord(kind: string): string {
  return Object.hasOwn(actionKinds, kind) ? actionKinds[kind as ActionKind] : kind
}
