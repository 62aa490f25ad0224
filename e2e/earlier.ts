/** Incidents of the day before yesterday and of yesterday, in the history of the shop that the tests start: hours apart, each mended. */

const lastedMinutes = 10
const beganMinutesAgo = {
  'source-drop': 1_500,
  'zone-latency': 1_680,
  'db-saturation': 1_860,
  'load-test': 2_040,
  'lost-scrape': 2_220,
} as const
export type EarlierKind = keyof typeof beganMinutesAgo

/** For `startStack`. */
export const earlierIncidents = Object.entries(beganMinutesAgo)
  .map(([kind, began]) => `${kind}@${began}m/${lastedMinutes}m`)
  .join(', ')

const minute = 60_000

/** While one went on: some minutes in, a few before it was mended. Unix milliseconds. The shop's world is made up to two minutes after the start. */
export function during(kind: EarlierKind): number {
  return Number(process.env['E2E_BEGUN']) + 2 * minute - beganMinutesAgo[kind] * minute + 5 * minute
}
