import type { Run } from '@tenon/client'
import type { VerdictValue } from '@tenon/runbook'
import type { Terminal } from '../terminal.ts'

export function showRun(terminal: Terminal, run: Run): void {
  const rows: [string, string | null][] = [
    ['run', run.id],
    ['runbook', `${run.runbook} ${run.version === null ? '(draft)' : `version ${run.version}`}`],
    ['status', run.status],
    ['verdict', run.verdict === null ? null : paintVerdict(terminal, run.verdict)],
    ['conclusion', run.conclusion],
    ['error', run.error === null ? null : `${run.error.message} ${run.error.fix ?? ''}`.trimEnd()],
    ['as of', run.asOf],
    ['started', `${run.startedAt} by ${run.requestedBy}`],
    ['ended', run.endedAt],
    ...run.waitingFor.map(({ stepId, question }): [string, string] => ['waits for', `${question} (${stepId})`]),
    ['page', run.url],
  ]
  for (const [label, value] of rows) if (value !== null) terminal.line(`${label.padEnd(10)} ${value}`)
}

export function paintVerdict(terminal: Terminal, verdict: VerdictValue): string {
  return terminal.paint(verdict, verdict === 'normal' ? 'green' : verdict === 'abnormal' ? 'red' : 'yellow')
}
