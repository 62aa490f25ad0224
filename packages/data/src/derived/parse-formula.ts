/**
 * Formulas of derived measures: arithmetic over names, numbers, `min` and `max`, e.g. `1 - paid / ordered`. Nothing else is read, and
 * a formula is bounded in length and depth, so that a model file can ask for no more work than that.
 */
export type Formula =
  | { kind: 'number'; value: number }
  | { kind: 'name'; name: string; column: number }
  | { kind: 'negate'; of: Formula }
  | { kind: 'binary'; op: '+' | '-' | '*' | '/'; left: Formula; right: Formula; column: number }
  | { kind: 'call'; name: 'min' | 'max'; args: Formula[]; column: number }

export type ParsedFormula =
  | { ok: true; formula: Formula; /** Each once, in order. */ names: string[] }
  | { ok: false; /** From 1. */ column: number; message: string; fix: string }

const maximumLength = 500
const maximumDepth = 32

export function parseFormula(text: string): ParsedFormula {
  if (text.length > maximumLength)
    return {
      ok: false,
      column: maximumLength + 1,
      message: `the formula is longer than ${maximumLength} characters`,
      fix: 'Derive a part of it as a measure of its own.',
    }
  try {
    const reader = new FormulaReader(text)
    return { ok: true, formula: reader.whole(), names: [...reader.names] }
  } catch (error) {
    if (error instanceof FormulaError)
      return { ok: false, column: error.column, message: error.message, fix: error.fix }
    throw error
  }
}

class FormulaError extends Error {
  readonly column: number
  readonly fix: string
  constructor(column: number, message: string, fix: string) {
    super(message)
    this.column = column
    this.fix = fix
  }
}

interface Token {
  text: string
  kind: 'number' | 'name' | 'sign' | 'end'
  column: number
}

const tokenPattern =
  /\s*(?:(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<sign>[-+*/(),]))/y

const example = 'Write it like 1 - paid / ordered, with + - * / ( ), numbers, names of inputs, min and max.'

class FormulaReader {
  readonly names = new Set<string>()
  readonly #tokens: Token[]
  #next = 0
  #depth = 0

  constructor(text: string) {
    this.#tokens = tokensOf(text)
  }

  whole(): Formula {
    const formula = this.#sum()
    const token = this.#peek()
    if (token.kind === 'end') return formula
    const message = token.text === ')' ? 'this ")" closes nothing' : `an operator is missing before "${token.text}"`
    throw new FormulaError(token.column, message, example)
  }

  #peek(): Token {
    return this.#tokens[this.#next]!
  }

  #take(): Token {
    const token = this.#peek()
    if (token.kind !== 'end') this.#next += 1
    return token
  }

  #sum(): Formula {
    return this.#deeper(() => {
      let left = this.#product()
      for (let op = this.#peek(); op.text === '+' || op.text === '-'; op = this.#peek()) {
        this.#take()
        left = { kind: 'binary', op: op.text, left, right: this.#product(), column: op.column }
      }
      return left
    })
  }

  #product(): Formula {
    let left = this.#factor()
    for (let op = this.#peek(); op.text === '*' || op.text === '/'; op = this.#peek()) {
      this.#take()
      left = { kind: 'binary', op: op.text, left, right: this.#factor(), column: op.column }
    }
    return left
  }

  #factor(): Formula {
    const token = this.#take()
    if (token.text === '-') return this.#deeper(() => ({ kind: 'negate', of: this.#factor() }))
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) }
    if (token.kind === 'name') return this.#nameOrCall(token)
    if (token.text === '(') {
      const inner = this.#sum()
      this.#close(token)
      return inner
    }
    const message = token.kind === 'end' ? 'the formula ends too early' : `"${token.text}" cannot stand here`
    throw new FormulaError(token.column, message, example)
  }

  #nameOrCall({ text, column }: Token): Formula {
    const open = this.#peek()
    if (open.text !== '(') {
      this.names.add(text)
      return { kind: 'name', name: text, column }
    }
    if (text !== 'min' && text !== 'max')
      throw new FormulaError(column, `there is no function "${text}"`, 'Only min and max are known.')
    this.#take()
    const args = [this.#sum()]
    while (this.#peek().text === ',') {
      this.#take()
      args.push(this.#sum())
    }
    this.#close(open)
    return { kind: 'call', name: text, args, column }
  }

  #close(open: Token): void {
    if (this.#take().text !== ')') throw new FormulaError(open.column, 'this "(" is not closed', 'Add a ")".')
  }

  #deeper(read: () => Formula): Formula {
    this.#depth += 1
    if (this.#depth > maximumDepth)
      throw new FormulaError(
        this.#peek().column,
        `the formula is nested more than ${maximumDepth} deep`,
        'Derive a part of it as a measure of its own.',
      )
    const formula = read()
    this.#depth -= 1
    return formula
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  tokenPattern.lastIndex = 0
  for (;;) {
    const begin = tokenPattern.lastIndex
    const found = tokenPattern.exec(text)
    if (!found) {
      const rest = text.slice(begin)
      const column = begin + rest.length - rest.trimStart().length + 1
      tokens.push({ text: '', kind: 'end', column })
      if (rest.trim() === '') return tokens
      throw new FormulaError(column, `"${rest.trim().match(/./u)?.[0] ?? ''}" is not known in a formula`, example)
    }
    const { number, name, sign } = found.groups ?? {}
    const value = number ?? name ?? sign ?? ''
    const kind = number !== undefined ? 'number' : name !== undefined ? 'name' : 'sign'
    tokens.push({ text: value, kind, column: tokenPattern.lastIndex - value.length + 1 })
  }
}
