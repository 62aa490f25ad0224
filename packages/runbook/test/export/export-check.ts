/** Whether exported code and the interpreter take the same steps: random graphs, driven side by side, compared after every event. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { canonicalJson } from '../../src/canonical.ts'
import type { Catalogue } from '../../src/catalogue.ts'
import { exportTemporal } from '../../src/export/export-temporal.ts'
import type { PlanValue } from '../../src/plan.ts'
import type { RunCommand, RunEvent, RunState } from '../../src/run.ts'
import { choicesFrom, diceFrom } from '../model/dice.ts'
import { drive, type Taken } from '../model/random-drive.ts'
import { type RandomRun, randomRun } from '../model/random-plan.ts'
import { VirtualWorkflow } from './virtual-workflow.ts'

export interface ExportReport {
  graphs: number
  events: number
  differences: string[]
}

const choiceCount = 600
const emptyCatalogue: Catalogue = { nodeTypes: [] }

/**
 * Compares `count` random graphs from a seed on. The exported text is written to a folder of its own and imported as it is.
 *
 * @param twist changes the text before: a check that finds nothing then finds nothing ever.
 */
export async function exportDifferences(
  count: number,
  seed: number,
  { most = 5, twist = (text: string): string => text } = {},
): Promise<ExportReport> {
  const folder = openFolder()
  const report: ExportReport = { graphs: 0, events: 0, differences: [] }
  try {
    for (let graph = 0; graph < count && report.differences.length < most; graph += 1) {
      const { events, lines } = await compareGraph(choicesFrom(seed + graph, choiceCount), {
        folder,
        name: `g${graph}`,
        twist,
      })
      report.graphs += 1
      report.events += events
      if (lines.length > 0) report.differences.push(`seed ${seed + graph}\n${lines.join('\n')}`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return report
}

/** A folder in which '@temporalio/workflow' is the tests' own. */
export function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-export-'))
  const shim = new URL('./workflow-shim.mjs', import.meta.url)
  process.env['TENON_EXPORT_REQUIRE_FROM'] = shim.href
  write(folder, {
    'package.json': '{ "type": "module" }',
    'node_modules/@temporalio/workflow/package.json': '{ "type": "module", "main": "index.js" }',
    'node_modules/@temporalio/workflow/index.js': `export * from ${JSON.stringify(shim.href)}\n`,
  })
  return folder
}

export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

export type Workflow = (input: unknown) => Promise<unknown>

/** Writes the export's files and gives the workflow function. */
export async function load(
  folder: string,
  files: Readonly<Record<string, string>>,
  at: { file: string; name: string },
): Promise<Workflow> {
  write(folder, files)
  const exported = (await import(/* @vite-ignore */ pathToFileURL(join(folder, at.file)).href)) as Record<
    string,
    Workflow
  >
  return exported[at.name]!
}

async function compareGraph(
  choices: number[],
  { folder, name, twist }: { folder: string; name: string; twist: (text: string) => string },
): Promise<{ events: number; lines: string[] }> {
  const dice = diceFrom(choices)
  const run = exportable(randomRun(dice))
  const exported = exportTemporal(run.plan, emptyCatalogue)
  if (!exported.ok) return { events: 0, lines: exported.problems.map(({ message }) => `refused: ${message}`) }
  // The support files are the same for all of them; only the first graph writes them anew.
  const { 'src/workflow.ts': text = '', ...rest } = exported.files
  const support = Object.fromEntries(
    Object.entries(rest).filter(([file]) => file.startsWith('src/flow/') || file.startsWith('src/nodes/')),
  )
  const files = { ...(name === 'g0' ? support : {}), [`src/${name}.ts`]: twist(text) }
  const workflow = await load(folder, files, { file: `src/${name}.ts`, name: 'test' })
  const taken = drive(run, dice)
  const lines = await follow(run, taken, workflow)
  return {
    events: taken.length,
    lines:
      lines.length === 0
        ? []
        : [JSON.stringify(run.plan), ...taken.map(({ event }) => JSON.stringify(event)), text, ...lines],
  }
}

/** Run tools are the product's own: an exported run has no presets. A child's output is what childs give, not what the random drive makes up. */
function exportable({ plan, context, ...others }: RandomRun): RandomRun {
  const { presets: _presets, only: _only, ...rest } = context
  const children = new Set(plan.steps.filter(({ effect }) => effect === 'child').map(({ id }) => id))
  const readsChild = (value: PlanValue | undefined): boolean =>
    value?.kind === 'expression' && [...children].some((id) => value.cel.includes(`steps.${id}.output`))
  const steps = plan.steps.map((step) => {
    if (!readsChild(step.late['collect'])) return step
    const { collect: _collect, ...late } = step.late
    return { ...step, late }
  })
  const params = { n: { type: 'number' as const }, list: { type: 'list' as const } }
  return { ...others, plan: { ...plan, steps, params }, context: rest }
}

/** Sends the events of a driven run to the exported workflow, and says where it stands otherwise. */
async function follow({ context }: RandomRun, taken: readonly Taken[], workflow: Workflow): Promise<string[]> {
  const world = new VirtualWorkflow(taken[0]!.event.at)
  const { params, trigger, asOf } = context
  let seen = 0
  for (const { before, event, after, commands } of taken) {
    world.now = event.at
    if (event.kind === 'start') {
      if (world.result === null && seen === 0 && world.handlers.size === 0)
        await world.start(workflow, { params, trigger, asOf: new Date(asOf).toISOString() })
    } else if (event.kind !== 'timer-fired') await send(world, event)
    else if (Object.hasOwn(before.timers, event.timerId)) await world.fire(exportedTimer(event.timerId))
    const lines = [...compareState(after, world), ...compareBegun(commands, world.calls.slice(seen))]
    seen = world.calls.length
    if (lines.length > 0) return [`after ${JSON.stringify(event)}`, ...lines]
  }
  return []
}

/** Attempts are Temporal's to count there, so what waits after a repeated attempt is not told apart from what waits after the first. */
const exportedTimer = (timerId: string): string => timerId.replace(/^((?:approval|wait|event):.*):\d+$/, '$1')

async function send(world: VirtualWorkflow, event: Exclude<RunEvent, { kind: 'timer-fired' }>): Promise<void> {
  switch (event.kind) {
    case 'step-completed': {
      const { stepId: key, attempt, result } = event
      const kind = world.kindOfOpen(key)
      if (kind === 'plan') return
      const value = kind === 'child' ? childState(result.outcome) : result
      await world.answer({ key, attempt }, { value })
      return
    }
    case 'step-failed':
      await world.answer({ key: event.stepId, attempt: event.attempt }, event.error)
      return
    case 'actions-planned': {
      const { stepId: key } = event
      if (world.kindOfOpen(key) !== 'plan') return
      const rounds = key.includes('#') ? key.slice(key.indexOf('#')) : ''
      const value = event.plans.map(({ stepId, hash, title }) => ({
        step: `${stepId.split('#')[0]}${rounds}`,
        hash,
        title,
        detail: '',
      }))
      await world.answer({ key, attempt: world.attemptOf(key) }, { value })
      return
    }
    case 'approval-decided': {
      const { stepId: step, decision, by, comment, hashes, form } = event
      await world.update('decideApproval', { step, decision, by, comment, hashes, form })
      return
    }
    case 'event-received':
      await world.update('deliverEvent', { step: event.stepId, event: event.event })
      return
    case 'cancel':
      await world.update('cancelRun', { by: event.by, reason: event.reason })
      return
    case 'start':
    case 'joined':
      return
  }
}

/** What a child run that ends so gives: its verdict is the outcome. */
const childState = (outcome: string): unknown => ({
  status: 'succeeded',
  report: { verdict: { value: outcome }, conclusion: '' },
})

interface Shown {
  status: string
  error: { code: string } | null
  steps: Record<string, { status: string; outcome: string; output: unknown; error: { code: string } | null }>
}

function compareState(state: RunState, world: VirtualWorkflow): string[] {
  const shown = world.query('runState') as Shown
  const lines: string[] = []
  const check = (name: string, interpreter: unknown, exported: unknown): void => {
    const [a, b] = [canonicalJson(interpreter ?? null), canonicalJson(exported ?? null)]
    if (a !== b) lines.push(`${name}: interpreter ${a}, exported ${b}`)
  }
  check('status', state.status, shown.status)
  check('error', state.error?.code, shown.error?.code)
  check('keys', Object.keys(state.steps), Object.keys(shown.steps))
  for (const [key, step] of Object.entries(state.steps)) {
    const other = shown.steps[key]
    const status = step.status === 'backing-off' ? 'running' : step.status
    check(`${key} status`, status, other?.status)
    if (step.status === 'failed') check(`${key} error`, step.error.code, other?.error?.code)
    if (step.status !== 'done') continue
    check(`${key} outcome`, step.result.outcome, other?.outcome)
    // A child's output is not what the random drive made up.
    if (!isChildOutput(other?.output)) check(`${key} output`, step.result.output, other?.output)
  }
  const timers = Object.fromEntries([...world.timers].map(([id, { firesAt }]) => [id, firesAt]))
  const wanted = Object.entries(state.timers).map(([id, firesAt]) => [exportedTimer(id), firesAt])
  check('timers', Object.fromEntries(wanted), timers)
  if (state.status !== 'running' && world.result === null) lines.push('The exported workflow goes on.')
  if (world.result !== null) check('success', state.status === 'succeeded', world.result.ok)
  return lines
}

const isChildOutput = (output: unknown): boolean =>
  typeof output === 'object' && output !== null && 'conclusion' in output

function compareBegun(commands: readonly RunCommand[], calls: VirtualWorkflow['calls']): string[] {
  const wanted = commands.flatMap((command) => begunBy(command))
  const made = calls.map(({ kind, key, attempt, input, approvedHash = null }) => ({
    kind,
    key,
    attempt,
    input: kind === 'plan' ? inputsOf(input) : input,
    approvedHash,
  }))
  const [a, b] = [canonicalJson(wanted), canonicalJson(made)]
  return a === b ? [] : [`begun: interpreter ${a}, exported ${b}`]
}

const inputsOf = (actions: unknown): unknown =>
  (actions as { step: string; input: unknown }[]).map(({ step, input }) => ({ step, input }))

function begunBy(
  command: RunCommand,
): { kind: string; key: string; attempt: number; input: unknown; approvedHash: string | null }[] {
  const begun = (kind: string, key: string, attempt: number, input: unknown, approvedHash: string | null = null) => [
    { kind, key, attempt, input, approvedHash },
  ]
  switch (command.kind) {
    case 'run-step':
      return begun('run', command.stepId, command.attempt, command.input, command.approvedHash)
    case 'run-child':
      return begun('child', command.stepId, command.attempt, command.params)
    case 'plan-actions':
      return begun(
        'plan',
        command.stepId,
        command.attempt,
        command.actions.map(({ stepId, input }) => ({ step: stepId, input })),
      )
    case 'request-approval':
      return begun('ask', command.stepId, 1, null)
    case 'revert-actions':
      return begun('revert', '', 1, null)
    case 'await-event':
    case 'stop-awaiting':
    case 'start-timer':
    case 'cancel-timer':
    case 'cancel-step':
    case 'finish-run':
      return []
  }
}
