/**
 * Regular expressions that the product's own engine and JavaScript read alike. Repetitions inside of repetitions are not among them: they may take
 * JavaScript longer than a run lives.
 */

/** The pattern as a literal, `/^pay-/u`; null when the two might disagree about it. */
export function safePattern(pattern: string): string | null {
  let out = ''
  let rest = pattern
  const groups: { repeats: boolean }[] = []
  let closed = false
  while (rest !== '') {
    const atom =
      /^(?:\\[dDwW]|\\[.^$*+?()[\]{}|/\\-]|\[\^?(?:\\[dw]|\\[.^$*+?()[\]{}|/\\-]|[A-Za-z0-9 _.,:;@#%&=!<>~'"-])+\]|[A-Za-z0-9 _\-:;,@#%&=!<>~'"/]|[.^$]|\(\?:|[()|])/.exec(
        rest,
      )
    if (!atom) return null
    const [token] = atom
    rest = rest.slice(token.length)
    closed = token === ')'
    const group = closed ? groups.pop() : undefined
    if (closed && !group) return null
    if (token === '(' || token === '(?:') groups.push({ repeats: false })
    // A line break is the only character that a dot leaves out there.
    out += token === '.' ? '[^\\n]' : token === '/' ? '\\/' : token === '-' ? '-' : token
    const [count = ''] = /^(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})\??/.exec(rest) ?? []
    if (count === '') {
      if (/^[*+?{]/.test(rest)) return null
      if (group?.repeats && groups.length > 0) groups.at(-1)!.repeats = true
      continue
    }
    if (/^[\^$|(]$|^\(\?:$/.test(token)) return null
    if (group?.repeats) return null
    rest = rest.slice(count.length)
    if (/^[*+?]/.test(rest)) return null
    out += count
    for (const open of groups) open.repeats = true
  }
  if (groups.length > 0 || /\[[^\]]*[A-Za-z0-9]-(?![A-Za-z0-9])/.test(pattern) || pattern === '') return null
  try {
    return `/${new RegExp(out, 'u').source}/u`
  } catch {
    return null
  }
}
