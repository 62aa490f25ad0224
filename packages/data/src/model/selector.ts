/**
 * Selectors of time series (`name{label="value",...}`): read from the model, narrowed by matchers, written as PromQL.
 *
 * Only this much of the language is read. Ranges, offsets and functions are refused, so that what a model says can never look
 * past `asOf`, and everything that is written is written from parsed parts, never by joining text.
 */

export interface Matcher {
  label: string
  op: '=' | '!=' | '=~' | '!~'
  value: string
}

export interface Selector {
  /** Null when the name is only in a matcher of `__name__`; `*` for the rows of a relation, which no metric is called. */
  name: string | null
  matchers: Matcher[]
}

/** Null when the text is not a plain selector that names or matches at least one thing. */
export function parseSelector(text: string): Selector | null {
  return parse(text, labelGrammar)
}

/** The same for a source of rows, whose fields may be within fields (`http.status`, `@timestamp`, `labels/app`); never written as PromQL. */
export function parseFieldSelector(text: string): Selector | null {
  return parse(text, fieldGrammar)
}

interface Grammar {
  head: RegExp
  matcher: RegExp
}

function parse(text: string, { head: headPattern, matcher: matcherPattern }: Grammar): Selector | null {
  const head = headPattern.exec(text)
  const name = head?.[1] ?? null
  let rest = text.slice(head?.[0].length ?? 0)
  const matchers: Matcher[] = []
  if (rest.startsWith('{')) {
    rest = rest.slice(1)
    for (;;) {
      const end = /^\s*\}\s*$/.exec(rest)
      if (end) break
      const found = matcherPattern.exec(rest)
      if (!found) return null
      const { label, op, quoted, next } = found.groups ?? {}
      const value = unquote(quoted ?? '')
      if (label === undefined || !isOp(op) || value === null) return null
      matchers.push({ label, op, value })
      rest = rest.slice(found[0].length)
      // A comma parts two matchers; after the last one it may be there or not.
      if (next !== ',' && !/^\s*\}\s*$/.test(rest)) return null
    }
    rest = ''
  }
  if (rest !== '') return null
  return name === null && matchers.length === 0 ? null : { name, matchers }
}

/** As PromQL; every value is quoted, whatever is in it. */
export function writeSelector({ name, matchers }: Selector): string {
  const inner = matchers.map(({ label, op, value }) => `${label}${op}${quote(value)}`).join(',')
  return inner === '' && name !== null ? name : `${name ?? ''}{${inner}}`
}

/** The label is exactly one of the values. One value is compared as it is, several as an escaped regular expression. */
export function oneOf(label: string, values: readonly string[]): Matcher {
  const [only] = values
  if (only !== undefined && values.length === 1) return { label, op: '=', value: only }
  return { label, op: '=~', value: values.map(escapeRegex).join('|') }
}

const grammarOf = (name: string, label: string): Grammar => ({
  head: new RegExp(String.raw`^\s*(${name}|\*)?\s*`),
  matcher: new RegExp(
    String.raw`^\s*(?<label>${label})\s*(?<op>=~|!~|!=|=)\s*(?<quoted>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')\s*(?<next>,?)`,
  ),
})
const field = '[A-Za-z_@][A-Za-z0-9_.@/-]*'
const labelGrammar = grammarOf('[A-Za-z_:][A-Za-z0-9_:]*', '[A-Za-z_][A-Za-z0-9_]*')
const fieldGrammar = grammarOf(field, field)

function isOp(op: string | undefined): op is Matcher['op'] {
  return op === '=' || op === '!=' || op === '=~' || op === '!~'
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', "'": "'" }

/** The few escapes that people write; null for others. */
function unquote(quoted: string): string | null {
  let isKnown = true
  const value = quoted.slice(1, -1).replace(/\\(.)/g, (_, character: string) => {
    const meant = escapes[character]
    if (meant === undefined) isKnown = false
    return meant ?? ''
  })
  return isKnown ? value : null
}

/** JSON's escapes are a part of PromQL's (those of Go); half a surrogate pair is in neither. */
const quote = (value: string) => JSON.stringify(value.toWellFormed())

/** The characters that RE2 gives a meaning to. PromQL anchors by itself. */
const escapeRegex = (value: string) => value.replace(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)
