/** How the states of runs, steps and actions are told: a tone and a word. Pure. */
import type { StepStatus } from '@tenon/runbook'
import type { Tone } from './tone.ts'

interface RunLike {
  status: string
  verdict: string | null
}

/** A run is told by its verdict as soon as there is one, else by how it goes. */
export function runTone(run: RunLike): Tone {
  if (run.status === 'failed' || run.status === 'timed-out') return 'abnormal'
  if (run.status === 'cancelled') return 'cancelled'
  switch (run.verdict) {
    case 'normal':
    case 'abnormal':
    case 'inconclusive':
      return run.verdict
    default:
      return run.status === 'running' ? 'running' : run.status === 'queued' ? 'waiting' : 'neutral'
  }
}

export function runWord(run: RunLike): string {
  if (run.status === 'failed' || run.status === 'cancelled') return run.status
  if (run.status === 'timed-out') return 'timed out'
  if (run.status === 'queued') return 'queued'
  return run.verdict ?? (run.status === 'running' ? 'running' : 'finished')
}

interface StepLike {
  status: string
  verdict?: { value: string } | null
  /** The tone that the node type gives to the outcome. */
  outcomeTone?: string | null
}

/** A step is told by its verdict, else by the tone of its outcome, else by how it goes: that it is done does not mean that all is well. */
export function stepTone(step: StepLike): Tone {
  switch (step.status as StepStatus) {
    case 'pending':
      return 'neutral'
    case 'running':
    case 'backing-off':
      return 'running'
    case 'waiting':
      return 'waiting'
    case 'failed':
      return 'abnormal'
    case 'skipped':
      return 'skipped'
    case 'cancelled':
      return 'cancelled'
    case 'done': {
      const value = step.verdict?.value ?? step.outcomeTone
      return value === 'normal' || value === 'abnormal' || value === 'inconclusive' ? value : 'done'
    }
    default:
      return 'neutral'
  }
}

const stepWords: Record<StepStatus, string> = {
  pending: 'not begun',
  running: 'running',
  'backing-off': 'waits to try again',
  waiting: 'waits',
  done: 'done',
  failed: 'failed',
  skipped: 'skipped',
  cancelled: 'cancelled',
}

export function stepWord(status: string): string {
  return stepWords[status as StepStatus] ?? status
}
