/** `activities.ts`: one typed function for each node type that asks or changes something outside, for the reader to fill in. */
import type { Catalogue, NodeType } from '../catalogue.ts'
import type { Plan, PlanStep } from '../plan.ts'
import { activityName } from './activity-name.ts'
import { quote } from './code.ts'
import { computeFunction } from './compute-functions.ts'
import { schemaType } from './schema-type.ts'
import { docText } from './write-workflow.ts'

/** Steps that are carried out by activities, one of each node type, in the order of the plan. */
export function activitySteps(plans: readonly Plan[]): PlanStep[] {
  const found = new Map<string, PlanStep>()
  for (const step of plans.flatMap(({ steps }) => steps)) {
    const isPure = step.effect === 'compute' && computeFunction(step.type, step.version) !== null
    if (isPure || !['read', 'write', 'compute'].includes(step.effect)) continue
    const name = activityName(step)
    if (!found.has(name)) found.set(name, step)
  }
  return [...found.values()]
}

export function writeActivities(plans: readonly Plan[], catalogue: Catalogue): string {
  const steps = activitySteps(plans)
  return [
    '/**',
    ' * What the runbook asks and changes outside. Each function is one kind of step: connect it to your systems. Until you do, it fails with',
    ' * `not-connected` and is not tried again, so that nothing is taken for normal that nobody looked at.',
    ' *',
    ' * - "No data" is an outcome or an inconclusive verdict, never "normal" and never an error.',
    " * - A failure is an `ApplicationFailure` whose type is the error's code; `nonRetryable` when trying again is of no use.",
    ' * - A cancel reaches an activity through its heartbeats: one that takes long calls `heartbeat()` of `@temporalio/activity`.',
    ' * - A write may be called again after a lost worker: `call.runId` and `call.step` together are its idempotency key.',
    ' */',
    "import { createHash } from 'node:crypto'",
    "import { ApplicationFailure } from '@temporalio/activity'",
    "import type { FlowActivities } from './flow/activity-calls.ts'",
    "import type { Call } from './flow/running-flow.ts'",
    "import type { StepResult } from './flow/step.ts'",
    '',
    ...steps.map((step) => activity(step, { plans, catalogue })),
    planActions,
  ].join('\n')
}

function activity(step: PlanStep, { plans, catalogue }: { plans: readonly Plan[]; catalogue: Catalogue }): string {
  const nodeType = catalogue.nodeTypes.find(({ type, version }) => type === step.type && version === step.version)
  const [name, upper] = [activityName(step), activityName(step, true)]
  const outcomes = nodeType?.outcomesFrom
    ? 'string'
    : outcomesOf(step, plans)
        .map((outcome) => quote(outcome))
        .join(' | ')
  const meanings = (nodeType?.outcomes ?? []).map((outcome) => ` * - \`${outcome.name}\`: ${docText(outcome.meaning)}`)
  const about = nodeType ? `${nodeType.title}: ${nodeType.description}` : step.title
  return [
    `export interface ${upper}Input ${objectOf(nodeType?.inputSchema)}`,
    '',
    `export type ${upper}Output = ${nodeType && !nodeType.outputFrom ? schemaType(nodeType.outputSchema) : 'any'}`,
    '',
    '/**',
    ` * ${docText(about)}`,
    ...(meanings.length === 0 ? [] : [' *', ...meanings]),
    ' */',
    `export async function ${name}(`,
    `  _input: ${upper}Input,`,
    '  _call: Call,',
    `): Promise<StepResult<${outcomes}, ${upper}Output>> {`,
    `  throw notConnected(${quote(name)}, ${quote(nodeType?.title ?? step.title)})`,
    '}',
    '',
  ].join('\n')
}

/** Steps of one type have the same outcomes, unless an input names them. */
function outcomesOf({ type, version }: PlanStep, plans: readonly Plan[]): string[] {
  const same = plans.flatMap(({ steps }) => steps).filter((one) => one.type === type && one.version === version)
  return [...new Set(same.flatMap(({ outcomes }) => outcomes.map((outcome) => outcome.name)))]
}

function objectOf(schema: NodeType['inputSchema'] | undefined): string {
  const text = schema ? schemaType(schema) : ''
  return text.startsWith('{') ? text : '{\n  [name: string]: any\n}'
}

const planActions = `// What the flow itself calls. These work as they are; make them say more, or reach people where they are.

/** Says what each write would do: here, the input that it would be called with. People approve its hash. */
export const planActions: FlowActivities['planActions'] = async (actions) =>
  actions.map(({ step, title, input }) => {
    const detail = JSON.stringify(input)
    const hash = \`sha256:\${createHash('sha256').update(\`\${step}\\n\${detail}\`).digest('hex')}\`
    return { step, hash, title, detail }
  })

/** Tells people that a question is open: here, in the worker's log. Answer with \`node src/client.ts approve\`. */
export const askPeople: FlowActivities['askPeople'] = async (question) => {
  console.log(\`\${question.runId} asks in "\${question.step}": \${question.input.question} (until \${question.expiresAt})\`)
  for (const plan of question.plans) console.log(\`  \${plan.title}: \${plan.detail} (\${plan.hash})\`)
}

/** Puts back what a run changed, newest first. */
export const revertActions: FlowActivities['revertActions'] = async ({ actions }) => {
  throw notConnected('revertActions', \`put back \${actions.map(({ title }) => \`"\${title}"\`).join(', ')}\`)
}

function notConnected(activity: string, what: string): ApplicationFailure {
  const message = \`"\${what}" is not connected to a system: write the function \${activity} in src/activities.ts.\`
  return ApplicationFailure.nonRetryable(message, 'not-connected')
}
`
