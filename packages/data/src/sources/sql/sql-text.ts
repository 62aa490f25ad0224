/**
 * Text of SQL with values in it that never become text: a statement is put together from parts, and each value becomes a parameter of the
 * database's own protocol. Only the statement that people are shown has its values written out.
 */

export type SqlValue =
  | { type: 'text'; value: string }
  | { type: 'texts'; value: readonly string[] }
  /** Whole, within what JavaScript holds exactly. */
  | { type: 'integer'; value: number }
  /** Unix ms. */
  | { type: 'time'; value: number }

/** Names and keywords that are written as they are; made only here, by `raw` and by dialects' quoting. */
export interface Sql {
  readonly parts: readonly (string | SqlValue)[]
}

/** A statement's text; every `${}` is another piece of SQL or a value, never bare text. */
export function sql(texts: TemplateStringsArray, ...inner: (Sql | SqlValue)[]): Sql {
  const parts: (string | SqlValue)[] = []
  for (const [index, text] of texts.entries()) {
    parts.push(text)
    const one = inner[index]
    if (one === undefined) continue
    if ('parts' in one) parts.push(...one.parts)
    else parts.push(one)
  }
  return { parts }
}

/** Text that this program itself wrote: keywords, numbers, names already quoted. */
export const raw = (text: string): Sql => ({ parts: [text] })

export function joined(pieces: readonly Sql[], between: string): Sql {
  return { parts: pieces.flatMap(({ parts }, index) => (index === 0 ? parts : [between, ...parts])) }
}

/** All of them hold; true when there are none. */
export const all = (conditions: readonly Sql[]): Sql =>
  conditions.length === 0 ? raw('TRUE') : joined(conditions, ' AND ')

/** The text with a placeholder for each value, and the values in the order of their placeholders. */
export function bound(
  statement: Sql,
  placeholder: (value: SqlValue, index: number) => string,
): { text: string; values: SqlValue[] } {
  const values: SqlValue[] = []
  const text = statement.parts
    .map((part) => (typeof part === 'string' ? part : placeholder(part, values.push(part))))
    .join('')
  return { text, values }
}

/** The same with its values in it, to be read by people and run by hand. */
export function shown(statement: Sql, literal: (value: SqlValue) => string): string {
  return statement.parts
    .map((part) => (typeof part === 'string' ? part : literal(part)))
    .join('')
    .replaceAll(/\n\s*\n/g, '\n')
}
