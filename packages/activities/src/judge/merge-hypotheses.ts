import type { Hypothesis } from '@tenon/runbook'

/** Likeliest first. Equal keys are one cause; so are equal sentences, of which the likelier key stays ("the change" over "the version"). */
export function mergeHypotheses(all: readonly Hypothesis[]): Hypothesis[] {
  const byKey = mergeBy(all, ({ key }) => key)
  // What is ruled out keeps its own line: its sentence is what is denied.
  const [out, possible] = [byKey.filter(isOut), byKey.filter((one) => !isOut(one))]
  const ranked = mergeBy(possible, ({ cause }) => cause).toSorted(
    (a, b) => b.likelihood - a.likelihood || (a.key < b.key ? -1 : 1),
  )
  return [...ranked, ...out]
}

const isOut = ({ likelihood }: Hypothesis): boolean => likelihood === 0

function mergeBy(all: readonly Hypothesis[], identity: (one: Hypothesis) => string): Hypothesis[] {
  return [...Map.groupBy(all, identity).values()].map((same) => {
    const [first, ...others] = same.toSorted((a, b) => b.likelihood - a.likelihood)
    return others.reduce(
      (merged, { supports, against }) => ({
        ...merged,
        supports: [...new Set([...merged.supports, ...supports])],
        against: [...new Set([...merged.against, ...against])],
      }),
      first!,
    )
  })
}
