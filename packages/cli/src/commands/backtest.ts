import type { Backtest, TenonClient } from '@tenon/client'
import { parse } from 'yaml'
import * as z from 'zod'
import { CliError, usageError } from '../cli-error.ts'
import { type Command, type CommandOptions, exitCodes } from '../command.ts'
import { readSource } from '../read-file.ts'
import type { Terminal } from '../terminal.ts'
import { paramsOf, timeOf } from './run-start.ts'

type Cases = Parameters<TenonClient['startBacktest']>[0]['body']['cases']

export const backtestStart: Command = {
  path: ['runbook', 'backtest'],
  short: ['backtest'],
  summary: 'Runs a runbook over moments of the past, and waits for the result. Writes are only planned.',
  details:
    'The moments are a range, the last alerts that came in, or a YAML list of { at, params, label }; a label says what the moment was: normal or abnormal.',
  args: ['RUNBOOK'],
  options: {
    draft: { type: 'boolean', help: 'The draft instead of the published version.' },
    version: { type: 'string', value: 'N', help: 'This version instead of the published one.' },
    from: { type: 'string', value: 'TIME', help: 'The first moment ...' },
    to: { type: 'string', value: 'TIME', help: '... the last one ...' },
    every: { type: 'string', value: 'DURATION', help: '... and the time between them, such as 15m.' },
    alerts: { type: 'string', value: 'N', help: 'The last N alerts that came in for it.' },
    cases: { type: 'string', value: 'FILE', help: 'A YAML list of moments.' },
    param: {
      type: 'string',
      short: 'p',
      multiple: true,
      value: 'NAME=VALUE',
      help: 'A parameter of every moment of a range.',
    },
    title: { type: 'string', value: 'TEXT', help: 'What it is called in lists.' },
    'no-wait': { type: 'boolean', help: 'Starts it and says its id.' },
  },
  examples: [
    'backtest payment-drop --from 2026-03-01T00:00:00Z --to 2026-03-02T00:00:00Z --every 1h',
    'backtest payment-drop --draft --cases incidents.yaml',
    'backtest payment-drop --alerts 50',
  ],
  async run({ args: [runbook = ''], options, terminal, server }) {
    const tenon = server()
    const version = options.text('version')
    const title = options.text('title')
    if (version !== undefined && !/^[1-9]\d*$/.test(version))
      throw usageError(`"${version}" is not a version.`, 'Give its number, such as 3.')
    const started = await tenon.startBacktest({
      body: {
        runbook,
        ...(options.flag('draft') ? { draft: true } : version === undefined ? {} : { version: Number(version) }),
        ...(title === undefined ? {} : { title }),
        cases: await casesOf(options),
      },
    })
    const backtest = options.flag('no-wait') ? started : await untilEnded(tenon, started, terminal)
    terminal.answer(backtest, () => show(terminal, backtest))
    return backtest.status === 'failed' ? exitCodes.error : exitCodes.ok
  },
}

export const backtestGet: Command = {
  path: ['backtest', 'get'],
  summary: 'Shows a backtest: its progress, matrix and cases.',
  args: ['BACKTEST'],
  options: {},
  async run({ args: [id = ''], terminal, server }) {
    const backtest = await server().getBacktest({ id })
    terminal.answer(backtest, () => show(terminal, backtest))
    return exitCodes.ok
  },
}

export const backtestCancel: Command = {
  path: ['backtest', 'cancel'],
  summary: 'Ends a backtest; what it found stays.',
  args: ['BACKTEST'],
  options: {},
  async run({ args: [id = ''], terminal, server }) {
    const backtest = await server().cancelBacktest({ id })
    terminal.answer(backtest, () => show(terminal, backtest))
    return exitCodes.ok
  },
}

const caseList = z.array(
  z.strictObject({
    at: z.union([z.string(), z.date().transform((date) => date.toISOString())]),
    params: z.record(z.string(), z.unknown()).optional(),
    label: z.enum(['normal', 'abnormal']).nullish(),
  }),
)

async function casesOf(options: CommandOptions): Promise<Cases> {
  const [from, to, every] = [options.text('from'), options.text('to'), options.text('every')]
  const [alerts, file] = [options.text('alerts'), options.text('cases')]
  const given = [from ?? to ?? every, alerts, file].filter((one) => one !== undefined).length
  if (given !== 1)
    throw usageError('Say which moments: one of a range, --alerts and --cases.', 'See tenon backtest --help.')
  if (alerts !== undefined) {
    if (!/^[1-9]\d*$/.test(alerts))
      throw usageError(`"${alerts}" is not a number of alerts.`, 'Write it like --alerts 50.')
    return { alerts: Number(alerts) }
  }
  if (file !== undefined) {
    const { source } = await readSource(file)
    const parsed = caseList.safeParse(yamlOf(source, file))
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    throw new CliError(`${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it cannot be read.'}`, {
      fix: 'Write a list like - { at: 2026-03-01T10:00:00Z, label: abnormal }.',
    })
  }
  if (from === undefined || to === undefined || every === undefined)
    throw usageError(
      'A range needs --from, --to and --every.',
      'Write it like --from 2026-03-01T00:00:00Z --to ... --every 1h.',
    )
  return { from: timeOf(from), to: timeOf(to), every, params: paramsOf(options.texts('param')) }
}

function yamlOf(source: string, file: string): unknown {
  try {
    const value: unknown = parse(source, { maxAliasCount: 0 })
    return value
  } catch (cause) {
    const message = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
    throw new CliError(`${file}: ${message}`, { fix: 'Correct the YAML.' })
  }
}

async function untilEnded(tenon: TenonClient, started: Backtest, terminal: Terminal): Promise<Backtest> {
  let backtest = started
  let said = -1
  while (backtest.status === 'running') {
    const { ended, total } = backtest.summary
    if (ended !== said) terminal.note(`${ended} of ${total}`)
    said = ended
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    backtest = await tenon.getBacktest({ id: backtest.id })
  }
  return backtest
}

const percent = (share: number | null): string => (share === null ? '-' : `${Math.round(share * 1000) / 10} %`)
const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`

function show(terminal: Terminal, { id, url, runbook, version, status, error, summary, cases }: Backtest): void {
  const of = version === null ? 'draft' : `version ${version}`
  terminal.line(`${runbook} ${of}: ${status}, ${summary.ended} of ${summary.total} cases (${id})`)
  if (error) terminal.line(`  ${error.message}`)
  const columns = ['normal', 'abnormal', 'inconclusive', 'none', 'failed']
  const rows = Object.entries(summary.matrix).filter(([, row]) => Object.values(row).some((count) => count > 0))
  if (rows.length > 0) {
    terminal.line()
    terminal.table(
      rows,
      [
        { title: 'LABEL \\ VERDICT', value: ([label]) => label },
        ...columns.map((name) => ({
          title: name.toUpperCase(),
          value: ([, row]: (typeof rows)[number]) => row[name] ?? 0,
        })),
      ],
      '',
    )
    terminal.line()
  }
  if (summary.labelled > 0)
    terminal.line(
      `accuracy ${percent(summary.accuracy)}, precision ${percent(summary.precision)}, recall ${percent(summary.recall)} of ${summary.labelled} labelled`,
    )
  if (summary.duration)
    terminal.line(`a case takes ${seconds(summary.duration.p50)} (p50), ${seconds(summary.duration.p95)} (p95)`)
  for (const one of cases.filter(
    ({ label, verdict, status: ended }) =>
      ended === 'failed' || (label !== null && ended === 'done' && label !== verdict),
  ))
    terminal.line(
      `  ${one.at} labelled ${one.label ?? '-'}, got ${one.verdict ?? one.error?.message ?? one.status}: ${one.conclusion ?? ''}`,
    )
  terminal.line(url)
}
