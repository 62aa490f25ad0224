/** Figures as people read them: `11.8 %`, `40 s`, `2.5 h`. */

export const percent = (share: number): string =>
  `${(Math.abs(share) * 100).toFixed(Math.abs(share) < 0.9995 ? 1 : 0)} %`

export function spanText(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1000)
  if (seconds < 90) return `${seconds} s`
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1).replace('.0', '')} h`
}

/** With its unit; shares as a percentage, seconds below ten as milliseconds. */
export function valueText(value: number, unit: string): string {
  if (unit === 'ratio') return percent(value)
  if (unit === 's' && Math.abs(value) < 10) return `${Math.round(value * 1000)} ms`
  const digits = Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString()
  return `${digits} ${unit}`
}

/** `a`, `a and b`, `a, b and c`; from five on `a, b, c and 2 more`. */
export function listText(items: readonly string[]): string {
  if (items.length > 4) return `${items.slice(0, 3).join(', ')} and ${items.length - 3} more`
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

/** As it stands within a sentence: "Payment attempts" -> "payment attempts"; `CPU busy` keeps its capitals. */
export const lower = (text: string): string =>
  /^[A-Z][a-z]/.test(text) ? `${text[0]?.toLowerCase() ?? ''}${text.slice(1)}` : text

/** With its full stop, unless it has one: what is quoted may end with its own. */
export const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

/** "Card payment" -> "Card payments": the subject of a sentence about a volume. */
export const plural = (title: string): string => (/s$/i.test(title) ? title : `${title}s`)
