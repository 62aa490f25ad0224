import type { TenonClient } from '@tenon/client'
import { parseRunbook } from '@tenon/runbook'
import { usageError } from '../cli-error.ts'
import { type Command, exitCodes } from '../command.ts'
import { allItems } from '../connect.ts'

export const runbookList: Command = {
  path: ['runbook', 'list'],
  summary: 'Lists the runbooks of the server.',
  args: [],
  options: {},
  async run({ terminal, server }) {
    const tenon = server()
    const rows = await allItems((cursor) => tenon.listRunbooks({ cursor, limit: 200 }))
    terminal.answer(rows, () =>
      terminal.table(
        rows,
        [
          { title: 'NAME', value: ({ name }) => name },
          { title: 'PUBLISHED', value: ({ publishedVersion }) => publishedVersion },
          { title: 'DRAFT', value: ({ draftRevision }) => draftRevision },
          { title: 'SAVED', value: ({ savedAt }) => savedAt },
          { title: 'TITLE', value: ({ title }) => title },
        ],
        'There are no runbooks.',
      ),
    )
    return exitCodes.ok
  },
}

export const runbookGet: Command = {
  path: ['runbook', 'get'],
  summary: "Prints a runbook's text: the draft, or a version.",
  args: ['NAME'],
  options: { version: { type: 'string', value: 'N', help: 'This published version instead of the draft.' } },
  async run({ args: [name = ''], options, terminal, server }) {
    const source = await sourceOf(server(), name, options.text('version'))
    terminal.answer(parseRunbook(source).document, () => terminal.text(source))
    return exitCodes.ok
  },
}

/** The text of the draft, or of a version when one is named. */
export async function sourceOf(tenon: TenonClient, name: string, version: string | undefined): Promise<string> {
  if (version === undefined) return (await tenon.getRunbook({ name })).draft.source
  if (!/^[1-9]\d*$/.test(version)) throw usageError(`"${version}" is not a version.`, 'Give its number, such as 3.')
  return (await tenon.getVersion({ name, version: Number(version) })).source
}
