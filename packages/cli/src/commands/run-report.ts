import { writeFile } from 'node:fs/promises'
import { usageError } from '../cli-error.ts'
import { type Command, exitCodes } from '../command.ts'

const formats = { md: 'markdown', markdown: 'markdown', json: 'json', pdf: 'pdf' } as const

export const runReport: Command = {
  path: ['run', 'report'],
  short: ['report'],
  summary: "Writes a run's report: conclusion, causes, evidence, and what could not be checked.",
  details: 'It is of the run as it is now. A PDF is written to a file; the others also to the terminal.',
  args: ['RUN'],
  options: {
    format: { type: 'string', value: 'FORM', help: 'md, json or pdf; md without it.' },
    out: { type: 'string', value: 'FILE', help: 'Where to; the terminal without it.' },
  },
  examples: ['report 8f3c2a1b-... --format md', 'report 8f3c2a1b-... --format pdf --out report.pdf'],
  async run({ args: [id = ''], options, terminal, server }) {
    const asked = options.text('format') ?? 'md'
    if (!isFormat(asked)) throw usageError(`"${asked}" is no form of a report.`, 'Use md, json or pdf.')
    const out = options.text('out')
    if (asked === 'pdf' && out === undefined) throw usageError('A PDF needs a file.', 'Name one with --out.')
    const report = await server().getRunReport({ id, format: formats[asked] })
    const content =
      typeof report === 'string' || report instanceof Uint8Array ? report : `${JSON.stringify(report, null, 2)}\n`
    if (out === undefined) {
      terminal.line(String(content).trimEnd())
      return exitCodes.ok
    }
    await writeFile(out, content)
    terminal.answer({ file: out }, () => terminal.line(out))
    return exitCodes.ok
  },
}

const isFormat = (text: string): text is keyof typeof formats => Object.hasOwn(formats, text)
