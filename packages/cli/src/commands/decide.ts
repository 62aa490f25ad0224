import { CliError } from '../cli-error.ts'
import { type Command, type CommandCall, type ExitCode, exitCodes } from '../command.ts'
import { allItems } from '../connect.ts'

const options = {
  comment: { type: 'string', value: 'TEXT', help: 'Why: it stays on record.' },
  yes: { type: 'boolean', short: 'y', help: 'Does not ask again after showing the plan.' },
} as const

export const approve: Command = {
  path: ['approve'],
  summary: 'Approves what a run wants to do, after showing it.',
  details: 'The approval holds for just the plan that is shown: when it changes meanwhile, the server refuses.',
  args: ['RUN', 'STEP'],
  options,
  run: (call) => decide(call, 'approved'),
}

export const reject: Command = {
  path: ['reject'],
  summary: 'Rejects what a run wants to do.',
  args: ['RUN', 'STEP'],
  options,
  run: (call) => decide(call, 'rejected'),
}

async function decide(call: CommandCall, decision: 'approved' | 'rejected'): Promise<ExitCode> {
  const { args, options: given, terminal, server } = call
  const [run = '', step = ''] = args
  const tenon = server()
  const waiting = await allItems((cursor) => tenon.listApprovals({ status: 'waiting', cursor, limit: 200 }))
  const asked = waiting.find(({ runId, stepId }) => runId === run && stepId === step)
  if (!asked) throw notAsked(run, step, waiting)
  terminal.note(asked.question)
  for (const { title, target, diff, facts, guards } of asked.plans) {
    terminal.note(`  ${title} (${target})`)
    for (const { label, before, after } of diff) terminal.note(`    ${label}: ${before} -> ${after}`)
    for (const { label, value } of facts) terminal.note(`    ${label}: ${value}`)
    for (const { name, pass, detail } of guards) terminal.note(`    ${pass ? 'ok' : 'FAILS'} ${name}: ${detail}`)
  }
  if (decision === 'approved' && !given.flag('yes')) {
    const sure = await terminal.confirm('Approve this?')
    if (sure === null) throw new CliError('Nobody is there to be asked.', { fix: 'Look at the plan, then add --yes.' })
    if (!sure) return exitCodes.error
  }
  const comment = given.text('comment')
  const answer = await tenon.decideApproval({
    runId: run,
    stepId: step,
    body: { decision, hashes: asked.plans.map(({ hash }) => hash), ...(comment === undefined ? {} : { comment }) },
  })
  const word = decision === 'approved' ? 'Approved' : 'Rejected'
  const left = answer.status === 'waiting' ? ` ${answer.approvedBy.length} of ${answer.needed} have approved.` : ''
  terminal.answer(answer, () => terminal.line(`${word}: ${asked.question}${left}`))
  return exitCodes.ok
}

function notAsked(run: string, step: string, waiting: readonly { runId: string; stepId: string }[]): CliError {
  const steps = waiting.filter(({ runId }) => runId === run).map(({ stepId }) => stepId)
  const fix =
    steps.length > 0
      ? `It waits for: ${steps.join(', ')}.`
      : `See what it waits for with tenon run get ${run}; somebody may have decided already.`
  return new CliError(`The run ${run} does not wait for an approval of "${step}".`, { fix })
}
