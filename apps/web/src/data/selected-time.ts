/** Which part of a measure a chart shows, where that is one. Pure. */

interface Shown {
  where: Readonly<Record<string, readonly string[]>>
  /** That are drawn. */
  lines: readonly { dimensions: Readonly<Record<string, string>> }[]
}

/** Filters by one value, and the dimensions of the only line that is drawn. */
export function diagnosedPart({ where, lines }: Shown): Record<string, string> {
  const filtered = Object.entries(where).flatMap(([name, values]) => {
    const [only, ...more] = values
    return only === undefined || more.length > 0 ? [] : [[name, only] as const]
  })
  const [line, ...others] = lines
  return { ...Object.fromEntries(filtered), ...(line && others.length === 0 ? line.dimensions : {}) }
}
