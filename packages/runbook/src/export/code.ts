/** Pieces of TypeScript, and how they are put together without changing what they mean. */
import { type ValueType, anyType } from '../value-type.ts'

/** How tightly an operator binds; a piece inside of a tighter one needs brackets. */
export const binding = {
  arrow: 2,
  choice: 3,
  or: 4,
  and: 5,
  equality: 9,
  relation: 10,
  sum: 12,
  product: 13,
  unary: 15,
  primary: 20,
} as const

/** An expression in TypeScript. */
export interface Code {
  text: string
  type: ValueType
  /** Whether evaluating it cannot throw. */
  isSafe: boolean
  /** Of `binding`. */
  binds: number
  /** The same as a plain number, where `text` is a bigint. */
  asNumber?: string
  /** Of a `get`: what it reads from, and the names on the way. */
  path?: { of: string; names: readonly string[] }
}

export function code(text: string, type: ValueType = anyType, rest: Partial<Omit<Code, 'text' | 'type'>> = {}): Code {
  return { text, type, isSafe: false, binds: binding.primary, ...rest }
}

/** A whole number, with its form among decimal numbers where that is exact. */
export function whole(value: bigint): Code {
  const binds = value < 0n ? binding.unary : binding.primary
  const isExact = Number.isSafeInteger(Number(value))
  return code(`${value}n`, { kind: 'int' }, { isSafe: true, binds, ...(isExact ? { asNumber: String(value) } : {}) })
}

/** The text of a piece, in brackets where it binds less tightly than `least`. */
export function inside(piece: Code, least: number): string {
  return piece.binds < least ? `(${piece.text})` : piece.text
}

/** A function without parameters that gives the piece. */
export function lazy(piece: Code): string {
  return piece.text.startsWith('{') ? `() => (${piece.text})` : `() => ${piece.text}`
}

/** A text in single quotes. */
export function quote(text: string): string {
  const body = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${body.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`
}

/** Text as it stands inside of a template literal. */
export function templateText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${').replaceAll('\r', '\\r')
}

export const isName = (text: string): boolean => /^[A-Za-z_$][\w$]*$/.test(text)

/** The name of an object's field as it is written in a literal. */
export function fieldName(name: string): string {
  // As a computed name it is a field like any other.
  if (name === '__proto__') return "['__proto__']"
  return isName(name) ? name : quote(name)
}

/** A JSON value as a TypeScript literal; what is wider than the line is broken over several. */
export function literal(value: unknown, indent = ''): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  const deeper = `${indent}  `
  if (Array.isArray(value))
    return enclosed(
      '[]',
      value.map((item) => literal(item, deeper)),
      indent,
    )
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return enclosed(
    '{}',
    members.map(([name, member]) => `${fieldName(name)}: ${literal(member, deeper)}`),
    indent,
  )
}

/** Members in brackets: on one line when they fit, else one a line. */
export function enclosed(
  brackets: '[]' | '{}' | '()',
  members: readonly string[],
  indent: string,
  width = 116,
): string {
  const [open, close] = brackets
  if (members.length === 0) return brackets
  const line = brackets === '{}' ? `{ ${members.join(', ')} }` : `${open}${members.join(', ')}${close}`
  if (line.length + indent.length <= width - 12 && !line.includes('\n')) return line
  return `${open}\n${members.map((member) => `${indent}  ${member},\n`).join('')}${indent}${close}`
}

const reserved = new Set(
  'abstract any arguments as async await boolean break case catch class const constructor continue debugger declare default delete do else enum eval export extends false finally for from function get if implements import in infer instanceof interface is keyof let module namespace never new null number object of package private protected public readonly require return set static string super switch symbol this throw true try type typeof undefined unique unknown var void while with yield globalThis Date Object String Number Math JSON Promise Array Map Set Error BigInt Boolean Symbol NaN Infinity'.split(
    ' ',
  ),
)

/** `payment-drop` and `payment_drop` as `paymentDrop`; as `PaymentDrop` with `upper`. */
export function camelCase(name: string, upper = false): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter(Boolean)
  const joined = words
    .map((word, index) => (index === 0 && !upper ? word : word[0]!.toUpperCase() + word.slice(1)))
    .join('')
  return /^\d/.test(joined) ? `_${joined}` : joined
}

/** Gives each name out once: a name that is taken or means something else gets a number. */
export class Names {
  private readonly taken: Set<string>

  constructor(taken: Iterable<string> = []) {
    this.taken = new Set(taken)
  }

  make(wanted: string): string {
    let name = wanted
    for (let count = 2; reserved.has(name) || this.taken.has(name); count += 1) name = `${wanted}${count}`
    this.taken.add(name)
    return name
  }

  /** Names for an inner scope: what is taken here is taken there. */
  inner(): Names {
    return new Names(this.taken)
  }
}
