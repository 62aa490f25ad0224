/**
 * Regular expressions of selectors, for engines that differ and may backtrack: only what every engine reads alike, in time that grows
 * with the text's length and no faster than a low power of it, is passed on. The pattern is parsed and written anew, so that nothing of it
 * can mean something else to another engine; the rest is refused with what is wrong.
 *
 * Read are: text, `.`, classes (`[a-z_]`, `[^0-9]`, `\d`, `\w`), alternatives, groups, `*`, `+`, `?` and `{n,m}` after one character or class,
 * `?` after a group. As at a Prometheus API, the whole value must match, and letters' case counts.
 */

const maximumLength = 512
/** Each may multiply the engine's steps by the text's length. */
const maximumRepeats = 6
const maximumCount = 100

export type SafePattern =
  /** Exactly these values. */
  | { kind: 'values'; values: string[] }
  /** To be put between an engine's own marks for the text's begin and end, with `.` meaning any character. */
  | { kind: 'pattern'; pattern: string }

/** The pattern was not read; the message says why. */
export class UnsafePattern extends Error {}

/** @throws UnsafePattern */
export function safePattern(text: string): SafePattern {
  if (text.length > maximumLength) throw new UnsafePattern(`it is longer than ${maximumLength} characters`)
  const reader = new Reader(text.replace(/^\^/, '').replace(/(?<!\\)((?:\\\\)*)\$$/, '$1'))
  const { written, values } = reader.alternatives()
  reader.expectEnd()
  return values === null ? { kind: 'pattern', pattern: written } : { kind: 'values', values: [...new Set(values)] }
}

interface Piece {
  written: string
  /** The values that it stands for, when they are few and known. */
  values: string[] | null
}

const mostValues = 100

class Reader {
  readonly #characters: string[]
  #at = 0
  #depth = 0
  #repeats = 0

  constructor(text: string) {
    this.#characters = Array.from(text)
  }

  alternatives(): Piece {
    const branches = [this.#sequence()]
    while (this.#take('|')) branches.push(this.#sequence())
    const values = branches.some((branch) => branch.values === null)
      ? null
      : branches.flatMap((branch) => branch.values ?? [])
    return {
      written: branches.map(({ written }) => written).join('|'),
      values: values !== null && values.length <= mostValues ? values : null,
    }
  }

  expectEnd(): void {
    if (this.#at < this.#characters.length) throw new UnsafePattern(`"${this.#characters[this.#at]}" closes nothing`)
  }

  #sequence(): Piece {
    let written = ''
    let values: string[] | null = ['']
    while (this.#at < this.#characters.length && !/[|)]/.test(this.#characters[this.#at]!)) {
      const piece = this.#repeated()
      written += piece.written
      const more: string[] | null = piece.values
      values =
        values === null || more === null || values.length * more.length > mostValues
          ? null
          : values.flatMap((begin: string) => more.map((end) => begin + end))
    }
    return { written, values }
  }

  #repeated(): Piece {
    const isGroup = this.#characters[this.#at] === '('
    const piece = this.#atom()
    const times = this.#quantifier()
    if (times === null) return piece
    if (isGroup && times !== '?') throw new UnsafePattern('a group is repeated')
    if (times !== '?') this.#repeats += 1
    if (this.#repeats > maximumRepeats) throw new UnsafePattern(`it repeats more than ${maximumRepeats} parts`)
    if (this.#quantifier() !== null) throw new UnsafePattern('a repeat is repeated')
    const values = times === '?' && piece.values !== null ? [...piece.values, ''] : null
    return { written: `${piece.written}${times}`, values }
  }

  #quantifier(): string | null {
    for (const sign of ['*', '+', '?']) if (this.#take(sign)) return sign
    if (this.#characters[this.#at] !== '{') return null
    const counts = /^\{(\d{1,3})(?:(,)(\d{1,3})?)?\}/.exec(this.#characters.slice(this.#at, this.#at + 10).join(''))
    if (!counts) throw new UnsafePattern('"{" begins no count; write \\{ for the character')
    const [whole, least, comma, most] = counts
    if (Math.max(Number(least), Number(most ?? 0)) > maximumCount || Number(most ?? least) < Number(least))
      throw new UnsafePattern(`a part is repeated more than ${maximumCount} times`)
    this.#at += whole.length
    return `{${Number(least)}${comma ?? ''}${most === undefined ? '' : Number(most)}}`
  }

  #atom(): Piece {
    const character = this.#next()
    switch (character) {
      case '(':
        return this.#group()
      case '[':
        return { written: this.#characterClass(), values: null }
      case '.':
        return { written: '.', values: null }
      case '\\':
        return this.#escape()
      case '*':
      case '+':
      case '?':
      case '{':
        throw new UnsafePattern(`"${character}" repeats nothing`)
      case '^':
      case '$':
        throw new UnsafePattern(`"${character}" stands inside; the whole value must match anyway`)
      default:
        return literal(character)
    }
  }

  #group(): Piece {
    if (this.#take('?') && !this.#take(':')) throw new UnsafePattern('"(?" begins something else than a group')
    this.#depth += 1
    if (this.#depth > 8) throw new UnsafePattern('groups stand in groups more than 8 deep')
    const inner = this.alternatives()
    if (!this.#take(')')) throw new UnsafePattern('a "(" is not closed')
    this.#depth -= 1
    return { written: `(?:${inner.written})`, values: inner.values }
  }

  #escape(): Piece {
    const character = this.#next()
    const known = shorthand[character]
    if (known !== undefined) return { written: `[${known}]`, values: null }
    if (/[A-Za-z0-9]/.test(character)) throw new UnsafePattern(`"\\${character}" means different things to databases`)
    return literal(character)
  }

  #characterClass(): string {
    let written = this.#take('^') ? '[^' : '['
    let isEmpty = true
    while (isEmpty || this.#characters[this.#at] !== ']') {
      const first = this.#classMember()
      isEmpty = false
      const isRange = this.#characters[this.#at] === '-' && this.#characters[this.#at + 1] !== ']'
      if (!isRange || first.length > 2) {
        written += first
        continue
      }
      this.#at += 1
      const last = this.#classMember()
      const ends = [first.at(-1)!, last.at(-1)!]
      // What lies between other characters hangs on the database's collation.
      if (!alphanumericRange.some((range) => ends.every((end) => range.test(end))) || ends[0]! > ends[1]!)
        throw new UnsafePattern(`the range ${ends.join('-')} is not one of digits or of letters of one case`)
      written += `${ends.join('-')}`
    }
    this.#at += 1
    return `${written}]`
  }

  #classMember(): string {
    const character = this.#next()
    if (character !== '\\') {
      if (character === '[') throw new UnsafePattern('a "[" stands in a class; write \\[ for the character')
      return escaped(character)
    }
    const meant = this.#next()
    const known = shorthand[meant]
    if (known !== undefined) return known
    if (/[A-Za-z0-9]/.test(meant)) throw new UnsafePattern(`"\\${meant}" means different things to databases`)
    return escaped(meant)
  }

  #take(character: string): boolean {
    if (this.#characters[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  #next(): string {
    const character = this.#characters[this.#at]
    if (character === undefined) throw new UnsafePattern('it ends too early')
    this.#at += 1
    return character
  }
}

const shorthand: Record<string, string> = { d: '0-9', w: '0-9A-Za-z_' }
const alphanumericRange = [/^[0-9]$/, /^[a-z]$/, /^[A-Z]$/]

const literal = (character: string): Piece => ({
  written: /[\\.+*?()|[\]{}^$]/.test(character) ? `\\${character}` : character,
  values: [character],
})

/** In a class engines give a meaning to more marks, `&&` and `--` for example. After a backslash every mark stands for itself. */
const escaped = (character: string): string => (/[!-/:-@[-^`{-~]/.test(character) ? `\\${character}` : character)
