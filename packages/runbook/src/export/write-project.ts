/** The files around the workflow: worker, client, package and what to read first. */
import type { Plan } from '../plan.ts'
import { quote } from './code.ts'
import { activityName } from './activity-name.ts'
import { activitySteps } from './write-activities.ts'

export interface ProjectOptions {
  plan: Plan
  plans: readonly Plan[]
  functionName: string
  /** Runbooks that this one runs and that are not in the export, as people know them. */
  missing: readonly { runbook: string; version: number; functionName: string }[]
}

export function writeProject(options: ProjectOptions): Record<string, string> {
  const { plan, functionName } = options
  return {
    'README.md': readme(options),
    'package.json': packageJson(plan),
    'tsconfig.json': tsconfig,
    'src/worker.ts': worker(plan),
    'src/client.ts': client(plan, functionName),
  }
}

const temporalVersion = '^1.24.0'

function packageJson(plan: Plan): string {
  const dependencies = ['activity', 'client', 'worker', 'workflow'].map((name) => [
    `@temporalio/${name}`,
    temporalVersion,
  ])
  const content = {
    name: plan.runbook.name,
    version: '1.0.0',
    private: true,
    type: 'module',
    engines: { node: '>=22.18' },
    scripts: { worker: 'node src/worker.ts', start: 'node src/client.ts start', check: 'tsc --noEmit' },
    dependencies: Object.fromEntries(dependencies),
    devDependencies: { '@types/node': '^24.0.0', typescript: '>=5.8.0' },
  }
  return `${JSON.stringify(content, null, 2)}\n`
}

const tsconfig = `${JSON.stringify(
  {
    compilerOptions: {
      target: 'es2024',
      lib: ['es2024'],
      module: 'nodenext',
      types: ['node'],
      strict: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      erasableSyntaxOnly: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      noEmit: true,
    },
    include: ['src'],
  },
  null,
  2,
)}\n`

const worker = (
  plan: Plan,
): string => `/** Carries out runs: \`node src/worker.ts\`. Temporal is found by TEMPORAL_ADDRESS, or on this machine. */
import { fileURLToPath } from 'node:url'
import { NativeConnection, Worker } from '@temporalio/worker'
import * as activities from './activities.ts'

const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? 'localhost:7233' })
const worker = await Worker.create({
  connection,
  namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default',
  taskQueue: ${quote(plan.runbook.name)},
  workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
  activities,
})
await worker.run()
`

const client = (plan: Plan, functionName: string): string => `/**
 * Starts and answers runs.
 *
 * node src/client.ts start '{"name": "value"}'          starts a run and waits for its end
 * node src/client.ts show <run>                         how it stands
 * node src/client.ts questions <run>                    what people are asked
 * node src/client.ts approve <run> <step> <you>         says yes to the plans that \`questions\` shows now
 * node src/client.ts reject <run> <step> <you> [why]
 * node src/client.ts event <run> <name> '{"any": 1}'    an event, for steps that wait for it
 * node src/client.ts cancel <run> <you> [why]
 */
import { randomUUID } from 'node:crypto'
import { Client, Connection, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import type { Decision } from './flow/messages.ts'
import type { Question } from './flow/question.ts'
import type { RunInput, RunState } from './flow/run.ts'

const [command = 'help', first = '', second = '', third = '', ...rest] = process.argv.slice(2)
const connection = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? 'localhost:7233' })
const client = new Client({ connection, namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default' })
const run = (): WorkflowHandle => client.workflow.getHandle(first)

async function start(params: string): Promise<void> {
  const input: RunInput = { params: JSON.parse(params || '{}'), trigger: { kind: 'button', by: process.env['USER'] ?? 'unknown' } }
  const workflowId = ${quote(`${plan.runbook.name}-`)} + randomUUID()
  const handle = await client.workflow.start(${quote(functionName)}, { taskQueue: ${quote(plan.runbook.name)}, workflowId, args: [input] })
  console.log(workflowId)
  try {
    print(await handle.result())
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error
    console.error(error.cause?.message)
    print(await handle.query<RunState>('runState'))
    process.exitCode = 1
  }
}

/** A decision counts for the plans that are open now and no others. */
async function decide(decision: 'approved' | 'rejected', comment: string): Promise<void> {
  const open = (await run().query<Question[]>('openQuestions')).find(({ step }) => step === second)
  if (!open) throw new Error(\`Nobody is asked by "\${second}" now.\`)
  const args: [Decision] = [{ step: second, decision, by: third, comment, hashes: open.plans.map(({ hash }) => hash) }]
  await run().executeUpdate('decideApproval', { args })
}

const print = (value: unknown): void => console.log(JSON.stringify(value, null, 2))

switch (command) {
  case 'start':
    await start(first)
    break
  case 'show':
    print(await run().query('runState'))
    break
  case 'questions':
    print(await run().query('openQuestions'))
    break
  case 'approve':
    await decide('approved', rest.join(' '))
    break
  case 'reject':
    await decide('rejected', rest.join(' '))
    break
  case 'event':
    await run().executeUpdate('deliverEvent', { args: [{ event: { name: second, id: randomUUID(), payload: JSON.parse(third || 'null') } }] })
    break
  case 'cancel':
    await run().executeUpdate('cancelRun', { args: [{ by: second, reason: [third, ...rest].join(' ') }] })
    break
  default:
    console.error('start | show | questions | approve | reject | event | cancel: see the top of src/client.ts.')
    process.exitCode = 2
}
await connection.close()
`

function readme({ plan, plans, functionName, missing }: ProjectOptions): string {
  const toConnect = activitySteps(plans).map(
    (step) => `| \`${activityName(step)}\` | ${step.effect === 'write' ? 'changes' : 'asks'} | ${cell(step.title)} |\n`,
  )
  const children = missing.map(
    ({ runbook, version, functionName: name }) =>
      `- \`${name}\`: version ${version} of the runbook \`${runbook}\`. Export it too, and add its function to \`src/workflows.ts\`.\n`,
  )
  return `# ${plan.runbook.title.replaceAll(/[\r\n]+/g, ' ')}

The runbook \`${plan.runbook.name}\` as a Temporal workflow in TypeScript. It needs Temporal and Node 22.18 or later, and nothing else.

\`\`\`
npm install
temporal server start-dev        # or TEMPORAL_ADDRESS=host:7233
npm run worker
npm start -- '${JSON.stringify(sampleParams(plan))}'
\`\`\`

- \`src/workflow.ts\` is the runbook: one block a step, in an order in which everything stands behind what leads to it.
- \`src/activities.ts\` is yours to write. Until then each function fails with \`not-connected\`.
- \`src/client.ts\` starts runs, approves, sends events and cancels.
- \`src/flow/\` carries the graph out: joins, loops, approvals, waits, the end of a run. \`src/nodes/\` holds steps that only compute.

## To connect

| function in \`src/activities.ts\` | | step |
|---|---|---|
${toConnect.join('')}| \`revertActions\` | changes | Puts back what a run changed${plan.onFailure === 'revert' ? ', when it does not succeed' : ' (not called: this runbook keeps what it changed)'} |

\`planActions\` and \`askPeople\` work as they are: people approve the exact input of each write, and questions stand in the worker's log.
${children.length === 0 ? '' : `\n## Other runbooks that this one runs\n\n${children.join('')}`}
## What is as in Tenon, and what is not

The workflow \`${functionName}\` takes the same steps in the same order, with the same inputs, outcomes, retries, joins and ends. Not in the export, because they are the
product's own: the ledger and leases of actions, the evidence pages, run tools (pinned results, running a part), triggers, concurrency keys, and the limits on how much
work an expression may do. A run's history is not begun anew, so a loop must stay below Temporal's limit of some 50,000 events.

Written from plan \`${plan.hash}\`.
`
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/[\r\n]+/g, ' ')

/** Parameters that have no default, to be filled in. */
function sampleParams({ params }: Plan): Record<string, unknown> {
  const sample = { number: 0, boolean: false, duration: '15m', list: [] as string[] }
  const needed = Object.entries(params).filter(([, parameter]) => parameter.default === undefined)
  return Object.fromEntries(
    needed.map(([name, { type }]) => [name, type in sample ? sample[type as keyof typeof sample] : '...']),
  )
}
