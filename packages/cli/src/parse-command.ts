/** Which command is meant, and with what. */
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { nearest, suggest } from '@tenon/runbook'
import { usageError } from './cli-error.ts'
import { type Command, type CommandOption, CommandOptions } from './command.ts'

/** Options of every command. */
export const commonOptions: Readonly<Record<string, CommandOption>> = {
  output: { type: 'string', short: 'o', value: 'FORMAT', help: 'json, yaml or table (default).' },
  url: { type: 'string', value: 'URL', help: 'Where Tenon answers; TENON_URL without it.' },
  token: { type: 'string', value: 'TOKEN', help: 'API token; better in TENON_TOKEN, where nobody sees it.' },
  help: { type: 'boolean', short: 'h', help: 'Says what the command does.' },
}

export interface ParsedCommand {
  command: Command
  args: string[]
  options: CommandOptions
}

/** The command that the words begin with; the longest that fits. Null when they begin no command. */
export function findCommand(
  words: readonly string[],
  commands: readonly Command[],
): { command: Command; length: number } | null {
  const found = commands
    .flatMap((command) => [command.path, ...(command.short ? [command.short] : [])].map((path) => ({ command, path })))
    .filter(({ path }) => path.every((word, index) => words[index] === word))
    .toSorted((a, b) => b.path.length - a.path.length)[0]
  return found ? { command: found.command, length: found.path.length } : null
}

/** @throws CliError with exit code 2. */
export function parseCommand(words: readonly string[], commands: readonly Command[]): ParsedCommand {
  const found = findCommand(words, commands)
  if (!found) throw unknownCommand(words, commands)
  const { command, length } = found
  const parsed = parse(command, words.slice(length))
  const args = parsed.positionals
  const { least, most } = countOf(command.args)
  const usage = `Usage: tenon ${[...command.path, ...command.args].join(' ')}`
  if (parsed.values['help'] !== true) {
    if (args.length < least) throw usageError(`${command.args[args.length]} is missing.`, usage)
    if (args.length > most) throw usageError(`"${args[most]}" is more than the command takes.`, usage)
  }
  return { command, args, options: new CommandOptions(parsed.values) }
}

function parse(command: Command, words: readonly string[]): { values: Record<string, unknown>; positionals: string[] } {
  const known = { ...commonOptions, ...command.options }
  const options: ParseArgsOptionsConfig = Object.fromEntries(
    Object.entries(known).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short ? { short } : {}), ...(multiple ? { multiple } : {}) },
    ]),
  )
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const [, written = ''] = /'(--?[^' ]+)/.exec(message) ?? []
    const fix = message.startsWith('Unknown option')
      ? suggest(
          written,
          Object.keys(known).map((name) => `--${name}`),
          'option',
        )
      : `See tenon ${command.path.join(' ')} --help.`
    throw usageError(`${message.split('. ')[0]?.replace(/\.$/, '')}.`, fix)
  }
}

function countOf(args: readonly string[]): { least: number; most: number } {
  const least = args.filter((name) => !name.startsWith('[')).length
  return { least, most: args.some((name) => name.includes('...')) ? Number.POSITIVE_INFINITY : args.length }
}

function unknownCommand(words: readonly string[], commands: readonly Command[]): Error {
  const [first, second] = words.filter((word) => !word.startsWith('-'))
  const names = commands.flatMap(({ path, short }) => [path.join(' '), ...(short ? [short.join(' ')] : [])])
  if (first === undefined) return usageError('No command is given.', 'See tenon --help.')
  const group = names.filter((name) => name.startsWith(`${first} `))
  if (group.length === 0) {
    const meant = nearest(first, new Set(names.map((name) => name.split(' ')[0] ?? '')))
    return usageError(`There is no command "${first}".`, `${meant ? `Did you mean "${meant}"? ` : ''}See tenon --help.`)
  }
  if (second === undefined) return usageError(`"${first}" needs a word more.`, `Use one of: ${group.join(', ')}.`)
  return usageError(`There is no command "${first} ${second}".`, suggest(`${first} ${second}`, group, 'command'))
}
