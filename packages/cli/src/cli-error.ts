import { exitCodes, type ExitCode } from './command.ts'

/** What went wrong, in words for the terminal: the thing, and what to do. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly fix: string
  readonly exitCode: ExitCode
  /** More lines, below the message. */
  readonly lines: readonly string[]

  constructor(
    message: string,
    { fix, exitCode, lines }: { fix: string; exitCode?: ExitCode; lines?: readonly string[] },
  ) {
    super(message)
    this.fix = fix
    this.exitCode = exitCode ?? exitCodes.error
    this.lines = lines ?? []
  }
}

/** Written wrongly: exit code 2. */
export function usageError(message: string, fix: string): CliError {
  return new CliError(message, { fix, exitCode: exitCodes.usage })
}
