import type { RunComparison, Step } from '@tenon/client'
import { type Command, exitCodes } from '../command.ts'
import { allItems } from '../connect.ts'
import { showRun } from './run-view.ts'

export const runGet: Command = {
  path: ['run', 'get'],
  summary: 'Shows a run: its state, verdict and conclusion.',
  args: ['RUN'],
  options: {},
  async run({ args: [id = ''], terminal, server }) {
    const run = await server().getRun({ id })
    terminal.answer(run, () => showRun(terminal, run))
    return exitCodes.ok
  },
}

export const runLogs: Command = {
  path: ['run', 'logs'],
  summary: 'Shows what a run did, step by step; with --follow until it has ended.',
  args: ['RUN'],
  options: { follow: { type: 'boolean', short: 'f', help: 'Goes on until the run has ended.' } },
  async run({ args: [id = ''], options, terminal, server }) {
    const tenon = server()
    const shown = new Map<string, string>()
    for (;;) {
      const run = await tenon.getRun({ id })
      const steps = await allItems((cursor) => tenon.listSteps({ id, cursor, limit: 200 }))
      if (!options.flag('follow')) {
        terminal.answer(steps, () => steps.forEach((step) => terminal.line(lineOf(step))))
        return exitCodes.ok
      }
      for (const step of steps) {
        const line = lineOf(step)
        if (step.startedAt === null && step.endedAt === null) continue
        if (shown.get(step.stepId) === line) continue
        shown.set(step.stepId, line)
        terminal.answer(step, () => terminal.line(line))
      }
      if (run.endedAt !== null) {
        terminal.note(`The run ${run.status}${run.conclusion ? `: ${run.conclusion}` : ''}`)
        return exitCodes.ok
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  },
}

function lineOf(step: Step): string {
  const time = step.endedAt ?? step.startedAt ?? '-'.repeat(24)
  const ended = step.outcome ?? step.status
  const said = step.error?.message ?? step.summary ?? step.reason ?? ''
  return `${time}  ${step.stepId}  ${ended}${said === '' ? '' : `  ${said}`}`
}

export const runCancel: Command = {
  path: ['run', 'cancel'],
  summary: 'Cancels a run; what it applied is put back as the runbook says.',
  args: ['RUN'],
  options: { reason: { type: 'string', value: 'TEXT', help: 'Why: it stays on record.' } },
  async run({ args: [id = ''], options, terminal, server }) {
    const reason = options.text('reason') ?? 'Cancelled from the command line.'
    const run = await server().cancelRun({ id, body: { reason } })
    terminal.answer(run, () => showRun(terminal, run))
    return exitCodes.ok
  },
}

export const runCompare: Command = {
  path: ['run', 'compare'],
  summary: 'Says what two runs did differently, step by step.',
  args: ['RUN', 'OTHER'],
  options: {},
  async run({ args: [id = '', other = ''], terminal, server }) {
    const found = await server().compareRuns({ id, with: other })
    terminal.answer(found, () => {
      for (const one of found.params) terminal.line(`parameter ${differs(one)}`)
      for (const { stepId, left, right, changed, output } of found.steps) {
        if (changed.length === 0) continue
        terminal.line(`${stepId}: ${told(left)} -> ${told(right)}`)
        for (const one of output) terminal.line(`    ${differs(one)}`)
      }
      if (found.same) terminal.line('They took the same steps to the same results.')
    })
    return exitCodes.ok
  },
}

const told = (one: RunComparison['steps'][number]['left']): string =>
  one === null ? 'was not there' : `${one.outcome ?? one.status}${one.summary ? ` (${one.summary})` : ''}`

function differs({ path, left, right }: RunComparison['params'][number]): string {
  const text = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80))
  return `${path.join('.')}: ${text(left)} -> ${text(right)}`
}
