import * as z from 'zod'
import type { Run, TenonClient } from '@tenon/client'
import { CliError, usageError } from '../cli-error.ts'
import { type Command, type CommandOptions, type ExitCode, exitCodes } from '../command.ts'
import { showRun } from './run-view.ts'

export const runStart: Command = {
  path: ['run', 'start'],
  summary: 'Starts a run of the published version.',
  details:
    'With --wait it ends when the run has: 0 when its verdict is normal, or it succeeded and gives no verdict; 3 abnormal, 4 inconclusive, 1 when it failed.',
  args: ['RUNBOOK'],
  options: {
    param: {
      type: 'string',
      short: 'p',
      multiple: true,
      value: 'NAME=VALUE',
      help: 'A parameter; JSON is taken as such, all else as text.',
    },
    'as-of': { type: 'string', value: 'TIME', help: 'The moment that every read looks at (ISO 8601); now without it.' },
    environment: { type: 'string', value: 'NAME', help: 'Whose version runs; production without it.' },
    wait: { type: 'boolean', help: 'Waits until it has ended.' },
    timeout: { type: 'string', value: 'SECONDS', help: 'Waits at most so long; 3600 without it.' },
    key: { type: 'string', value: 'KEY', help: 'Idempotency key: the same key means the same run.' },
  },
  examples: [
    'run start payment-drop -p chain=card-payment --wait',
    'run start payment-drop --as-of 2026-03-01T10:00:00Z',
  ],
  async run({ args: [name = ''], options, terminal, server }) {
    const tenon = server()
    const asOf = options.text('as-of')
    const environment = options.text('environment')
    const key = options.text('key')
    const timeout = timeoutOf(options)
    const body = {
      params: paramsOf(options.texts('param')),
      ...(asOf === undefined ? {} : { asOf: timeOf(asOf) }),
      ...(environment === undefined ? {} : { environment }),
    }
    const started = await tenon.startRun({
      name,
      body,
      ...(key === undefined ? {} : { idempotencyKey: key }),
      ...(options.flag('wait') ? { wait: `${Math.min(longPoll, timeout)}s` } : {}),
    })
    if (!options.flag('wait')) {
      terminal.answer(started, () => showRun(terminal, started))
      return exitCodes.ok
    }
    const ended = await untilEnded(tenon, started, { timeout, note: (text) => terminal.note(text) })
    terminal.answer(ended, () => showRun(terminal, ended))
    return exitCodeOf(ended)
  },
}

/** Longest wait of one request, seconds. */
const longPoll = 50

async function untilEnded(
  tenon: TenonClient,
  started: Run,
  { timeout, note }: { timeout: number; note: (text: string) => void },
): Promise<Run> {
  const deadline = Date.now() + timeout * 1000
  let run = started
  let asked = ''
  while (run.endedAt === null) {
    const waiting = run.waitingFor.map(({ question, url }) => `Waits for approval: ${question} ${url}`).join('\n')
    if (waiting !== '' && waiting !== asked) note(waiting)
    asked = waiting
    if (Date.now() >= deadline)
      throw new CliError(`The run ${run.id} still goes on after ${timeout} s.`, {
        fix: `See ${run.url}, or wait longer with --timeout.`,
      })
    await new Promise((resolve) => setTimeout(resolve, 500))
    run = await tenon.getRun({ id: run.id })
  }
  return run
}

/** What a run says, as an exit code. A run that gives no verdict says no more than that it ended. */
export function exitCodeOf({ status, verdict }: Pick<Run, 'status' | 'verdict'>): ExitCode {
  if (status !== 'succeeded') return exitCodes.error
  switch (verdict) {
    case 'abnormal':
      return exitCodes.abnormal
    case 'inconclusive':
      return exitCodes.inconclusive
    case 'normal':
    case null:
      return exitCodes.ok
  }
}

/** @example paramsOf(['chain=card', 'limit=3']) // { chain: 'card', limit: 3 } */
export function paramsOf(texts: readonly string[]): Record<string, unknown> {
  const params: Record<string, unknown> = {}
  for (const text of texts) {
    const at = text.indexOf('=')
    if (at < 1) throw usageError(`"${text}" is not a parameter.`, 'Write it like -p chain=card-payment.')
    params[text.slice(0, at)] = valueOf(text.slice(at + 1))
  }
  return params
}

function valueOf(text: string): unknown {
  if (!/^(-?\d|true$|false$|null$|[[{"])/.test(text)) return text
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    // Text that only begins like JSON: an id such as 3b7f.
    return text
  }
}

export function timeOf(text: string): string {
  const time = z.iso.datetime({ offset: true }).safeParse(text)
  if (time.success) return time.data
  throw usageError(`"${text}" is not a time.`, 'Write it like 2026-03-01T10:00:00Z.')
}

function timeoutOf(options: CommandOptions): number {
  const text = options.text('timeout') ?? '3600'
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw usageError(`"${text}" is not a number of seconds.`, 'Write it like --timeout 600.')
}
