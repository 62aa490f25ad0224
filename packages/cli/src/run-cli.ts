/** The program: finds the command, runs it, says what went wrong. */
import { TenonError } from '@tenon/client'
import { CliError, usageError } from './cli-error.ts'
import { exitCodes, type ExitCode } from './command.ts'
import { commands } from './commands.ts'
import { connect } from './connect.ts'
import { commandHelp, overview } from './help.ts'
import { findCommand, parseCommand } from './parse-command.ts'
import { type CliIo, type OutputFormat, Terminal } from './terminal.ts'

/** @returns the exit code; never throws. */
export async function runCli(words: readonly string[], io: CliIo): Promise<ExitCode> {
  try {
    const wantsHelp = words.includes('--help') || words.includes('-h') || words[0] === 'help'
    const asked = words[0] === 'help' ? words.slice(1) : words
    if (words.length === 0 || wantsHelp) {
      const found = findCommand(asked, commands)
      io.out(found ? commandHelp(found.command) : overview(commands.filter(({ path }) => inGroup(path, asked))))
      return words.length === 0 ? exitCodes.usage : exitCodes.ok
    }
    const { command, args, options } = parseCommand(words, commands)
    const terminal = new Terminal(io, formatOf(options.text('output')))
    const server = () =>
      connect({ url: options.text('url'), token: options.text('token'), env: io.env, fetch: io.fetch })
    return await command.run({ args, options, terminal, server })
  } catch (error) {
    return tell(error, io)
  }
}

/** Help for `tenon run --help` shows that group; for anything else all. */
function inGroup(path: readonly string[], words: readonly string[]): boolean {
  const [group] = words
  const isGroup = commands.some((command) => command.path.length > 1 && command.path[0] === group)
  return !isGroup || path[0] === group
}

function formatOf(text: string | undefined): OutputFormat {
  if (text === undefined || text === 'table') return 'table'
  if (text === 'json' || text === 'yaml') return text
  throw usageError(`"${text}" is not a form of output.`, 'Use -o json, yaml or table.')
}

function tell(thrown: unknown, io: CliIo): ExitCode {
  const terminal = new Terminal(io, 'table')
  const error = thrown instanceof TenonError ? refused(thrown) : thrown
  if (error instanceof CliError) {
    terminal.note(`${terminal.paint('error', 'red')}: ${error.message}`)
    for (const line of error.lines) terminal.note(`  ${line}`)
    if (error.fix !== '') terminal.note(`  ${error.fix}`)
    return error.exitCode
  }
  terminal.note(
    `${terminal.paint('error', 'red')}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  )
  terminal.note('  This is a fault of tenon itself: report it with the command.')
  return exitCodes.error
}

/** What the server refused, in its own words. */
function refused({ message, code, fix, problems, cause }: TenonError): CliError {
  const reason =
    code === 'unreachable' && cause instanceof Error && cause.cause instanceof Error ? ` ${cause.cause.message}.` : ''
  const lines = problems.length > 1 ? problems : []
  return new CliError(`${message}${reason} (${code})`, {
    fix: code === 'unreachable' ? 'Start Tenon (npm start), or say where it is with TENON_URL or --url.' : fix,
    lines: lines.map(({ message: text, path }) => (path.length === 0 ? text : `${path.join('.')}: ${text}`)),
  })
}
