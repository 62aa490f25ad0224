/** From what people feel along what is abnormal to where it comes from. Pure; graphs may have cycles. */
export interface Link {
  from: string
  to: string
}

export interface DependencyPath {
  /** Abnormal dependencies that are reached over abnormal ones only, nearest first. */
  reached: string[]
  /** Of those, the ones with no abnormal dependency of their own that is reached; of a cycle, the one that became abnormal first. */
  roots: string[]
  /** Links between the entity and those reached. */
  hot: Link[]
}

/** The links of a shortest way from one to the other; none when there is no way, or they are the same. */
export function shortestWay(from: string, to: string, links: readonly Link[]): Link[] {
  const before = new Map<string, Link | null>([[from, null]])
  for (let front = [from]; front.length > 0 && !before.has(to);) {
    const next = links.filter((link) => front.includes(link.from) && !before.has(link.to))
    for (const link of next) if (!before.has(link.to)) before.set(link.to, link)
    front = [...new Set(next.map((link) => link.to))]
  }
  const way: Link[] = []
  for (let link = before.get(to); link; link = before.get(link.from)) way.unshift(link)
  return way
}

/** @param onsetOf unix milliseconds; null when not known */
export function dependencyPath(
  entity: string,
  given: { links: readonly Link[]; abnormal: ReadonlySet<string>; onsetOf(id: string): number | null },
): DependencyPath {
  const { links, abnormal, onsetOf } = given
  const reached: string[] = []
  const seen = new Set([entity])
  for (let front = [entity]; front.length > 0;) {
    const next = links
      .filter(({ from, to }) => front.includes(from) && abnormal.has(to) && !seen.has(to))
      .map(({ to }) => to)
    front = [...new Set(next)].sort()
    for (const id of front) seen.add(id)
    reached.push(...front)
  }
  const inside = new Set(reached)
  const hot = links.filter(({ from, to }) => (from === entity || inside.has(from)) && inside.has(to) && to !== entity)
  const leaves = reached.filter((id) => !hot.some(({ from, to }) => from === id && to !== id))
  if (leaves.length > 0 || reached.length === 0) return { reached, roots: leaves, hot }
  // They all depend on each other: what became abnormal first is the best guess.
  const [first] = reached.toSorted((a, b) => (onsetOf(a) ?? Infinity) - (onsetOf(b) ?? Infinity) || (a < b ? -1 : 1))
  return { reached, roots: first === undefined ? [] : [first], hot }
}
