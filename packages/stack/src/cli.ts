/** The stack's commands, called by the launcher once Node and the packages are right. */
import { StackError } from './stack-error.ts'

/** Runs `start`, `doctor`, `fault` or `admin-link` and sets the exit code. */
export async function main([command, ...args]: string[]): Promise<void> {
  try {
    process.exitCode = await dispatch(command, args)
  } catch (error) {
    if (!(error instanceof StackError)) throw error
    console.error(`\n✗ ${error.message}${error.fix ? `\n  → ${error.fix}` : ''}`)
    process.exitCode = 1
  }
}

/** Each command loads only what it needs: the doctor must answer when a package is broken. */
async function dispatch(command: string | undefined, args: string[]): Promise<number> {
  switch (command) {
    case 'doctor':
      return (await import('./doctor.ts')).doctor({ json: args.includes('--json') })
    default:
      throw new StackError(
        'unknown-command',
        `Unknown command ${command ?? '(none)'}.`,
        'Commands: start, doctor, fault, admin-link.',
      )
  }
}
