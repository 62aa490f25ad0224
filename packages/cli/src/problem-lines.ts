import type { Problem } from '@tenon/runbook'
import type { Terminal } from './terminal.ts'

/** `file:line:column: error: message (code)` and the fix below it: editors jump to it. */
export function showProblems(terminal: Terminal, path: string, problems: readonly Problem[]): void {
  for (const { severity, message, code, fix, position } of problems) {
    const place = position ? `${path}:${position.line}:${position.column}` : path
    const kind = terminal.paint(severity, severity === 'error' ? 'red' : 'yellow')
    terminal.line(`${place}: ${kind}: ${message} (${code})`)
    terminal.line(`    ${terminal.paint(fix, 'dim')}`)
  }
}

export const errorsIn = (problems: readonly Problem[]): number =>
  problems.filter(({ severity }) => severity === 'error').length
