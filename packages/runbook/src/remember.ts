/** Of a pure function of a text: computes each text once, and forgets all of them when there are too many. */
export function remember<Value>(most: number, compute: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    if (known.size >= most) known.clear()
    const value = compute(text)
    known.set(text, value)
    return value
  }
}
