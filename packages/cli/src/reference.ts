/** The reference of all commands as Markdown, made from the table; a part of docs/cli.md, which a test holds against it. */
import type { Command } from './command.ts'
import { optionRows } from './help.ts'
import { commonOptions } from './parse-command.ts'

export function commandReference(commands: readonly Command[]): string {
  return [...commands.map(section), ['## Options of every command', '', ...optionTable(commonOptions)].join('\n')].join(
    '\n\n',
  )
}

function section({ path, short, args, summary, details, options, examples = [], offline }: Command): string {
  const usage = (words: readonly string[]): string => ['tenon', ...words, ...args].join(' ')
  return [
    `## ${path.join(' ')}`,
    '',
    summary,
    ...(details ? ['', details.replaceAll('\n', ' ')] : []),
    ...(offline ? ['', 'Needs no server.'] : []),
    '',
    '```sh',
    usage(path),
    ...(short ? [`${usage(short)}    # the same`] : []),
    ...examples.map((line) => `tenon ${line}`),
    '```',
    ...(Object.keys(options).length === 0 ? [] : ['', ...optionTable(options)]),
  ].join('\n')
}

function optionTable(options: Command['options']): string[] {
  return ['| option | |', '|---|---|', ...optionRows(options).map(([left, right]) => `| \`${left}\` | ${right} |`)]
}
