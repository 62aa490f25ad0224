/**
 * What an alert turned out to be. `real`: something is wrong. `source-drop`: less comes in from outside. `low-traffic`: too few events to tell a rate.
 * `normal-loss`: it swings about its threshold as it always does. `expected-change`, `expected-load-test`: something planned explains it.
 * `duplicate`: the same alert of the same thing again. `echo`: a fault elsewhere, which is told of already, reaches it. `undetermined`: not known, so
 * people are told.
 */
export const triageVerdicts = [
  'real',
  'source-drop',
  'low-traffic',
  'normal-loss',
  'expected-change',
  'expected-load-test',
  'duplicate',
  'echo',
  'undetermined',
] as const
export type TriageVerdict = (typeof triageVerdicts)[number]

/** `page`: people are told. `merge`: it belongs to a group that they are told of. `suppress`: it is on record only. */
export const triageActions = ['page', 'merge', 'suppress'] as const
export type TriageAction = (typeof triageActions)[number]
