import { describeDiff, diffRunbooks, parseRunbook, type RunbookDocument } from '@tenon/runbook'
import { CliError } from '../cli-error.ts'
import { type Command, exitCodes } from '../command.ts'
import { readSource } from '../read-file.ts'
import { sourceOf } from './runbooks.ts'

export const diff: Command = {
  path: ['runbook', 'diff'],
  short: ['diff'],
  summary: 'Says what differs in meaning: two files, a file and the draft, or two versions.',
  details:
    'Layout, comments and order are left out. One file alone is compared with the draft of its runbook on the server.',
  args: ['FILE_OR_NAME', '[FILE]'],
  options: {
    from: { type: 'string', value: 'N', help: 'Of a runbook on the server: this version ...' },
    to: { type: 'string', value: 'N', help: '... against this one; the draft without it.' },
    'exit-code': { type: 'boolean', help: 'Ends with 1 when there are differences.' },
  },
  examples: ['diff old.yaml new.yaml', 'diff runbooks/drop.yaml', 'diff payment-drop --from 3 --to 4'],
  async run({ args: [first = '', second], options, terminal, server }) {
    const [before, after] = await sides()
    const changes = diffRunbooks(before, after)
    const lines = describeDiff(changes)
    terminal.answer(changes, () => {
      for (const line of lines) terminal.line(line)
      if (lines.length === 0) terminal.note('They mean the same.')
    })
    return lines.length > 0 && options.flag('exit-code') ? exitCodes.error : exitCodes.ok

    async function sides(): Promise<[RunbookDocument, RunbookDocument]> {
      if (second !== undefined) return [await fileDocument(first), await fileDocument(second)]
      if (/\.ya?ml$|\.json$|[\\/]/.test(first)) {
        const written = await fileDocument(first)
        return [documentOf(await sourceOf(server(), written.name, undefined), written.name), written]
      }
      const [from, to] = [options.text('from'), options.text('to')]
      if (from === undefined)
        throw new CliError(`Nothing is given to compare "${first}" with.`, {
          fix: 'Add --from VERSION, or name a file.',
        })
      const tenon = server()
      return [
        documentOf(await sourceOf(tenon, first, from), first),
        documentOf(await sourceOf(tenon, first, to), first),
      ]
    }
  },
}

async function fileDocument(path: string): Promise<RunbookDocument> {
  return documentOf((await readSource(path)).source, path)
}

function documentOf(source: string, name: string): RunbookDocument {
  const { document, problems } = parseRunbook(source)
  if (document) return document
  const [problem] = problems
  const place = problem?.position ? `:${problem.position.line}:${problem.position.column}` : ''
  throw new CliError(`${name}${place}: ${problem?.message ?? 'cannot be read.'}`, {
    fix: problem?.fix ?? 'Correct it.',
  })
}
