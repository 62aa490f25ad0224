import type { Run, TenonClient } from '@tenon/client'
import { symptom as symptomSchema } from '@tenon/runbook'
import { CliError, usageError } from '../cli-error.ts'
import { type Command, type CommandOptions, type ExitCode, exitCodes } from '../command.ts'
import { exitCodeOf, timeOf } from './run-start.ts'
import { showRun } from './run-view.ts'

type Body = Parameters<TenonClient['startDiagnosis']>[0]['body']

const kinds = ['chain', 'entity', 'alert', 'measure'] as const

export const diagnose: Command = {
  path: ['diagnose'],
  summary:
    'Diagnoses a chain, an entity, an alert or a measure: the runbook is chosen by what it is and what was noticed.',
  details:
    'Ends when the report has concluded: 0 normal, 3 abnormal, 4 inconclusive, 1 when the run failed. What then waits for a person goes on by itself.',
  args: [],
  options: {
    chain: { type: 'string', value: 'ID', help: 'A business chain.' },
    entity: { type: 'string', value: 'ID', help: 'An entity of the model.' },
    alert: { type: 'string', value: 'ID', help: 'A stored alert.' },
    measure: { type: 'string', value: 'REF', help: 'A measure, e.g. payment.latency-p95.' },
    where: { type: 'string', multiple: true, value: 'NAME=VALUE', help: 'Of a measure: a dimension and its value.' },
    symptom: { type: 'string', value: 'NAME', help: `${symptomSchema.options.join(', ')}; inferred without it.` },
    at: { type: 'string', value: 'TIME', help: 'The moment that is looked at (ISO 8601); now without it.' },
    since: {
      type: 'string',
      value: 'TIME',
      help: 'When it began; with --until where the time that is looked at begins.',
    },
    until: { type: 'string', value: 'TIME', help: 'Where the time that is looked at ends.' },
    'no-wait': { type: 'boolean', help: 'Does not wait for the conclusion.' },
  },
  examples: ['diagnose --chain card-payment', 'diagnose --entity payment --symptom latency --at 2026-03-01T10:00:00Z'],
  async run({ options, terminal, server }) {
    const tenon = server()
    const waits = !options.flag('no-wait')
    const { run, why, joined } = await tenon.startDiagnosis({
      body: bodyOf(options),
      ...(waits ? { wait: `${longPollSeconds}s` } : {}),
    })
    terminal.note(joined ? `${why} (goes on already)` : why)
    const told = waits ? await untilConcluded(tenon, run) : run
    terminal.answer(told, () => showRun(terminal, told))
    return waits ? codeOf(told) : exitCodes.ok
  },
}

/** Longest wait of one request, seconds. */
const longPollSeconds = 50
/** A diagnosis concludes within 60 s; some more for what is queued. */
const longestMs = 120_000

async function untilConcluded(tenon: TenonClient, started: Run): Promise<Run> {
  const deadline = Date.now() + longestMs
  let run = started
  while (run.concludedAt === null && run.endedAt === null) {
    if (Date.now() >= deadline)
      throw new CliError(`The run ${run.id} has not concluded after ${longestMs / 1000} s.`, {
        fix: `See ${run.url}. Give the step that concludes a startBy (docs/diagnose.md).`,
      })
    await new Promise((resolve) => setTimeout(resolve, 500))
    run = await tenon.getRun({ id: run.id })
  }
  return run
}

/** A run that waits for a person has concluded, and has not ended. */
function codeOf(run: Run): ExitCode {
  return exitCodeOf(run.endedAt === null ? { ...run, status: 'succeeded' } : run)
}

function bodyOf(options: CommandOptions): Body {
  const given = kinds.filter((kind) => options.text(kind) !== undefined)
  const [kind, ...more] = given
  if (kind === undefined || more.length > 0)
    throw usageError('One thing is diagnosed.', `Give one of ${kinds.map((each) => `--${each}`).join(', ')}.`)
  const written = options.text('symptom')
  const symptom = written === undefined ? undefined : symptomSchema.safeParse(written).data
  if (written !== undefined && symptom === undefined)
    throw usageError(`"${written}" is no symptom.`, `Give one of ${symptomSchema.options.join(', ')}.`)
  const times = (['at', 'since', 'until'] as const).flatMap((name) => {
    const text = options.text(name)
    return text === undefined ? [] : [[name, timeOf(text)] as const]
  })
  const where = Object.fromEntries(options.texts('where').map(pairOf))
  return {
    subject: { kind, id: options.text(kind) ?? '', ...(Object.keys(where).length > 0 ? { where } : {}) },
    ...(symptom === undefined ? {} : { symptom }),
    ...Object.fromEntries(times),
  }
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw usageError(`"${text}" is no dimension with a value.`, 'Write it like --where zone=A.')
  return [text.slice(0, at), text.slice(at + 1)]
}
