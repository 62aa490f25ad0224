/** Help, made from the table of commands. */
import type { Command, CommandOption } from './command.ts'
import { commonOptions } from './parse-command.ts'

export function overview(commands: readonly Command[]): string {
  const rows = commands.map((command): [string, string] => [usageOf(command), command.summary])
  const short = commands.flatMap(({ path, short: other }) => (other ? [`${other.join(' ')} = ${path.join(' ')}`] : []))
  return [
    'tenon: runbooks from the command line.',
    '',
    'Commands:',
    ...columns(rows),
    '',
    `Short forms: ${short.join(', ')}.`,
    '',
    'Options of every command:',
    ...columns(optionRows(commonOptions)),
    '',
    'Environment: TENON_URL (http://127.0.0.1:3000 without it) and TENON_TOKEN (Settings, API tokens).',
    'Exit codes: 0 ok, 1 error, 2 usage, 3 abnormal verdict, 4 inconclusive.',
    'tenon COMMAND --help says more of one.',
    '',
  ].join('\n')
}

export function commandHelp(command: Command): string {
  const { summary, details, short, options, examples = [] } = command
  return [
    `Usage: tenon ${usageOf(command)} [options]`,
    ...(short ? [`       tenon ${[...short, ...command.args].join(' ')} [options]`] : []),
    '',
    summary,
    ...(details ? ['', details] : []),
    ...(command.offline ? ['', 'Needs no server.'] : []),
    '',
    'Options:',
    ...columns(optionRows({ ...options, ...commonOptions })),
    ...(examples.length === 0 ? [] : ['', 'Examples:', ...examples.map((line) => `  tenon ${line}`)]),
    '',
  ].join('\n')
}

export function usageOf({ path, args }: Command): string {
  return [...path, ...args].join(' ')
}

export function optionRows(options: Readonly<Record<string, CommandOption>>): [string, string][] {
  return Object.entries(options).map(([name, { short, value, help, multiple }]) => [
    `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}${multiple ? ' ...' : ''}`,
    help,
  ])
}

function columns(rows: readonly [string, string][]): string[] {
  const width = Math.min(46, Math.max(...rows.map(([left]) => left.length)))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
