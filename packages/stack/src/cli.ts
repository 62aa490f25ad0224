/** The stack's commands, called by the launcher once Node and the packages are right. */
import { StackError } from './stack-error.ts'

/** Runs `start`, `doctor`, `fault` or `admin-link` and sets the exit code. */
export async function main([command, ...args]: string[]): Promise<void> {
  try {
    process.exitCode = await dispatch(command, args)
  } catch (error) {
    const fix = error instanceof Error && 'fix' in error && typeof error.fix === 'string' ? error.fix : ''
    // Errors of ours say what to do; of any other the place is the best hint there is.
    const message = fix ? error : error instanceof Error ? error.stack : error
    console.error(`\n✗ ${message instanceof Error ? message.message : String(message)}${fix ? `\n  → ${fix}` : ''}`)
    process.exitCode = 1
  }
  // Everything is stopped; a download of a start that was given up may still be under way, and nobody waits for it.
  if (command === 'start') process.exit()
}

/** Each command loads only what it needs: the doctor must answer when a package is broken. */
async function dispatch(command: string | undefined, args: string[]): Promise<number> {
  switch (command) {
    case 'start':
      return (await import('./start.ts')).start(args)
    case 'fault':
      return (await import('./fault.ts')).fault(args)
    case 'admin-link':
      return (await import('./admin-link.ts')).adminLink()
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
