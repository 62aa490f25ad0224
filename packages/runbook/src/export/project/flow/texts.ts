/** Functions of expressions over text. Positions are whole numbers. */

function asText(value: unknown): string {
  if (typeof value !== 'string') throw new Error('This is not text.')
  return value
}

function position(value: unknown, most: number): number {
  if (typeof value !== 'bigint') throw new Error('A position is a whole number.')
  const at = Number(value)
  if (at < 0 || at > most) throw new Error(`Position ${at} is outside of the text.`)
  return at
}

export const contains = (value: unknown, part: unknown): boolean => asText(value).includes(asText(part))
export const startsWith = (value: unknown, part: unknown): boolean => asText(value).startsWith(asText(part))
export const endsWith = (value: unknown, part: unknown): boolean => asText(value).endsWith(asText(part))
export const matches = (value: unknown, pattern: RegExp): boolean => pattern.test(asText(value))

export const charAt = (value: unknown, at: unknown): string => asText(value).charAt(position(at, asText(value).length))

export function indexOf(value: unknown, part: unknown, from?: unknown): bigint {
  const [whole, wanted] = [asText(value), asText(part)]
  return BigInt(from === undefined ? whole.indexOf(wanted) : whole.indexOf(wanted, position(from, whole.length - 1)))
}

export function lastIndexOf(value: unknown, part: unknown, from?: unknown): bigint {
  const [whole, wanted] = [asText(value), asText(part)]
  return BigInt(
    from === undefined ? whole.lastIndexOf(wanted) : whole.lastIndexOf(wanted, position(from, whole.length - 1)),
  )
}

/** Only the letters A to Z. */
export const lowerAscii = (value: unknown): string =>
  asText(value).replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
/** Only the letters a to z. */
export const upperAscii = (value: unknown): string =>
  asText(value).replaceAll(/[a-z]/g, (letter) => letter.toUpperCase())

export function replace(value: unknown, part: unknown, by: unknown, most?: unknown): string {
  let [text, wanted, given] = [asText(value), asText(part), asText(by)]
  if (most !== undefined && typeof most !== 'bigint') throw new Error('A count is a whole number.')
  let left = most === undefined ? text.length : Number(most)
  for (let at = text.indexOf(wanted); left > 0 && at !== -1; left -= 1) {
    text = text.slice(0, at) + given + text.slice(at + wanted.length)
    at = text.indexOf(wanted, at + given.length)
  }
  return text
}

export function split(value: unknown, separator: unknown, most?: unknown): string[] {
  const [text, by] = [asText(value), asText(separator)]
  if (most !== undefined && typeof most !== 'bigint') throw new Error('A count is a whole number.')
  return most === 1n ? [text] : text.split(by, most === undefined ? undefined : Number(most))
}

export function substring(value: unknown, from: unknown, to?: unknown): string {
  const text = asText(value)
  const start = position(from, text.length)
  const end = to === undefined ? text.length : position(to, text.length)
  if (start > end) throw new Error('The part ends before it begins.')
  return text.slice(start, end)
}

const space = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const spaceBefore = new RegExp(`^${space}+`)
const spaceAfter = new RegExp(`${space}+$`)

export function trim(value: unknown): string {
  const text = asText(value).replace(spaceBefore, '')
  return text.replace(spaceAfter, '')
}

export function join(list: unknown, separator: unknown = ''): string {
  if (!Array.isArray(list)) throw new Error('This is not a list.')
  return list.map(asText).join(asText(separator))
}
