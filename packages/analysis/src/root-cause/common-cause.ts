import type { Excess } from './excess.ts'

/** Standard errors from which a witness is worse than usual. */
const WORSE_SCORE = 4
/** And it rose by this share of what the suspect rose. */
const ALIKE = 0.5
const LEAST_WITNESSES = 2

/**
 * Nodes that neither depend on the suspect nor serve it, and became worse all the same: what made them so (a zone, a network, a load)
 * may well have made the suspect so. Empty unless there are two, and half of all such nodes.
 *
 * @param rise of a request of the suspect, seconds or share failed
 */
export function commonWitnesses(
  suspect: string,
  {
    calls,
    excesses,
    rise,
  }: {
    calls: readonly (readonly [from: string, to: string])[]
    excesses: ReadonlyMap<string, Excess>
    rise: number
  },
): string[] {
  const kin = new Set([
    ...reach(suspect, calls),
    ...reach(
      suspect,
      calls.map(([from, to]) => [to, from] as const),
    ),
  ])
  const strangers = [...excesses].filter(([id, { isNew }]) => !kin.has(id) && !isNew)
  const worse = strangers.filter(
    ([, { extra, error, now, usual }]) =>
      error !== null && extra > WORSE_SCORE * error && rise > 0 && now - usual >= ALIKE * rise,
  )
  return worse.length >= Math.max(LEAST_WITNESSES, strangers.length / 2) ? worse.map(([id]) => id) : []
}

/** The node and all that it leads to. */
function reach(start: string, calls: readonly (readonly [from: string, to: string])[]): Set<string> {
  const next = new Map<string, string[]>()
  for (const [from, to] of calls) {
    const own = next.get(from)
    if (own) own.push(to)
    else next.set(from, [to])
  }
  const found = new Set([start])
  // A Set may grow while it is walked; new entries come last.
  for (const id of found) for (const to of next.get(id) ?? []) found.add(to)
  return found
}
