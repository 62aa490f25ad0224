/** Where a command writes, and in which form. */
import { createInterface } from 'node:readline/promises'
import { stringify } from 'yaml'

export interface CliIo {
  out(text: string): void
  err(text: string): void
  env: Readonly<Record<string, string | undefined>>
  isTerminal: boolean
  /** Null when nobody can be asked. */
  input: NodeJS.ReadableStream | null
  fetch: typeof fetch
}

export type OutputFormat = 'table' | 'json' | 'yaml'

export type Colour = 'red' | 'green' | 'yellow' | 'dim' | 'bold'
const codes: Record<Colour, number> = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 }

export interface Column<Row> {
  title: string
  value(row: Row): string | number | null | undefined
}

export class Terminal {
  readonly format: OutputFormat
  private readonly io: CliIo

  get env(): CliIo['env'] {
    return this.io.env
  }

  constructor(io: CliIo, format: OutputFormat) {
    this.io = io
    this.format = format
  }

  /** Data as JSON or YAML; for people what `show` writes. */
  answer(data: unknown, show: () => void): void {
    switch (this.format) {
      case 'json':
        return this.line(JSON.stringify(data, null, 2))
      case 'yaml':
        return this.io.out(stringify(data, { lineWidth: 0, aliasDuplicateObjects: false }))
      case 'table':
        return show()
    }
  }

  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string): void {
    if (rows.length === 0) return this.note(empty)
    const cells = [
      columns.map(({ title }) => title),
      ...rows.map((row) => columns.map((column) => cell(column.value(row)))),
    ]
    const widths = columns.map((_, at) => Math.max(...cells.map((line) => (line[at] ?? '').length)))
    cells.forEach((line, index) => {
      const text = line.map((one, at) => (at === line.length - 1 ? one : one.padEnd(widths[at] ?? 0))).join('  ')
      this.line(index === 0 ? this.paint(text, 'dim') : text)
    })
  }

  line(text = ''): void {
    this.io.out(`${text}\n`)
  }

  /** Text as it is. */
  text(text: string): void {
    this.io.out(text)
  }

  /** For people only: never a part of the data. */
  note(text: string): void {
    this.io.err(`${text}\n`)
  }

  paint(text: string, colour: Colour): string {
    return this.io.isTerminal && this.io.env['NO_COLOR'] === undefined ? `\x1b[${codes[colour]}m${text}\x1b[0m` : text
  }

  /** A yes or no of the person at the terminal; null when nobody is there to ask. */
  async confirm(question: string): Promise<boolean | null> {
    if (!this.io.input) return null
    const lines = createInterface({ input: this.io.input, output: process.stderr })
    try {
      return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())
    } finally {
      lines.close()
    }
  }
}

const cell = (value: string | number | null | undefined): string =>
  value === null || value === undefined || value === '' ? '-' : String(value).replaceAll(/\s+/g, ' ')
