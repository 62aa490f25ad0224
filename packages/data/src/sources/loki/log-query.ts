/**
 * What a table's `from` says of Loki's logs: a stream selector and stages that read or choose lines, `{app="payment"} |= "order" | json`.
 * Only these are read, and all is written anew from its parts: no range, offset or function can come in.
 */
import { DataError } from '../../data-error.ts'

export interface LogQuery {
  /** As LogQL. */
  text: string
  /** Whether some stage makes labels of the line, and so may fail to. */
  parses: boolean
}

const example = '{app="payment"} |= "order" | json'

/** @throws DataError `bad-query` with the place where it is not understood */
export function parseLogQuery(from: string | undefined): LogQuery {
  const reader = new Reader(from ?? '')
  const matchers: string[] = []
  reader.expect(/\{/)
  while (!reader.take(/\}/)) {
    if (matchers.length > 0) reader.expect(/,/)
    matchers.push(reader.matcher())
  }
  let text = `{${matchers.join(', ')}}`
  let parses = false
  while (!reader.ended) {
    const stage = reader.stage()
    text += ` ${stage.text}`
    parses ||= stage.parses
  }
  return { text, parses }
}

/** A text as LogQL writes it. JSON's escapes are a part of Go's; half a surrogate pair is in neither. */
export const quoted = (value: string): string => JSON.stringify(value.toWellFormed())

class Reader {
  #rest: string

  constructor(text: string) {
    this.#rest = text.trim()
  }

  get ended(): boolean {
    return this.#rest === ''
  }

  /** Of the text's begin; what follows it loses its spaces. */
  take(pattern: RegExp): RegExpExecArray | null {
    const found = new RegExp(`^(?:${pattern.source})\\s*`).exec(this.#rest)
    if (found) this.#rest = this.#rest.slice(found[0].length)
    return found
  }

  expect(pattern: RegExp): RegExpExecArray {
    const found = this.take(pattern)
    if (found) return found
    const place = this.#rest === '' ? 'it ends too early' : `"${this.#rest.slice(0, 40)}" is not understood`
    throw new DataError('bad-query', `The table's "from" cannot be asked: ${place}.`, {
      fix: `Write a stream selector and stages, e.g. ${example}.`,
    })
  }

  matcher(): string {
    const [, label, op] = this.expect(/([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)/)
    return `${label}${op}${this.string()}`
  }

  stage(): { text: string; parses: boolean } {
    const line = this.take(/(\|=|\|~|!=|!~)/)
    if (line) return { text: `${line[1]} ${this.string()}`, parses: false }
    this.expect(/\|/)
    const plain = this.take(/(json|logfmt|unpack)(?=\s*(?:$|[|!]))/)
    if (plain) return { text: `| ${plain[1]}`, parses: true }
    const parser = this.take(/(pattern|regexp)(?=\s*["`])/)
    if (parser) return { text: `| ${parser[1]} ${this.string()}`, parses: true }
    return { text: `| ${this.matcher()}`, parses: false }
  }

  string(): string {
    const [written = ''] = this.expect(/"(?:[^"\\\n]|\\.)*"|`[^`]*`/)
    const text = written.trimEnd()
    if (text.startsWith('`')) return quoted(text.slice(1, -1))
    try {
      const value: unknown = JSON.parse(text)
      if (typeof value === 'string') return quoted(value)
    } catch {
      // Go knows more escapes than JSON; a text between ` has none.
    }
    throw new DataError(
      'bad-query',
      `The table's "from" cannot be asked: ${text.slice(0, 40)} has an unknown escape.`,
      {
        fix: 'Write the text between ` instead of ".',
      },
    )
  }
}
