/** Runs that together use every node type and every construct of the language: their histories are kept and replayed with every later release. */
import { catalogue, type NodeDefinition } from '@tenon/activities'
import { updateNames, type PlanStep, type RunInput, type RunStart } from '@tenon/runbook'
import * as z from 'zod'
import { eventually, type Engine } from './engine.ts'
import { answer, Cel, plan, runOf } from './plans.ts'

export interface Scenario {
  name: string
  run: RunInput & { runId: string }
  options?: Partial<RunStart>
  /** What people and others say to it while it goes on. */
  meanwhile?(engine: Engine, runId: string): Promise<void>
}

const approve = (id: string, input: Record<string, unknown> = {}) => ({
  id,
  type: 'steer.approve',
  effect: 'approve' as const,
  outcomes: ['approved', 'rejected', 'expired'],
  input: { question: 'Go on?', expiresAfter: '5m', ...input },
})
const each = (id: string, input: Record<string, unknown>) => ({
  id,
  type: 'steer.for-each',
  effect: 'each' as const,
  outcomes: ['done', 'partial', 'empty'],
  input: { items: [1, 2, 3, 4, 5], ...input },
  late: { collect: { kind: 'expression' as const, cel: 'item' } },
})
const write = (id: string) => ({ id, type: 'test.write', effect: 'write' as const })
const broken = (id: string) => ({ id, type: 'test.flaky', effect: 'read' as const, input: { failures: 99 } })
const hang = (id: string) => ({ id, type: 'test.hang', effect: 'read' as const })

async function decide(engine: Engine, runId: string, people: [by: string, decision: 'approved' | 'rejected'][]) {
  const request = await eventually(() => engine.approvals.find((one) => one.runId === runId))
  const hashes = request.plans.map(({ hash }) => hash)
  for (const [by, decision] of people) await engine.decide(runId, { stepId: request.stepId, decision, by, hashes })
}

const update = (engine: Engine, runId: string, name: string, payload: object) =>
  engine.client.workflow.getHandle(runId).executeUpdate(name, { args: [payload] })

export function scenarios(engine: Engine): Scenario[] {
  const child = plan([{ id: 'judge', type: 'test.judge', effect: 'read', input: { verdict: 'abnormal' } }], [])
  const every = everyNodeType()
  for (const made of [child, every]) engine.plans.set(made.hash, made)
  return [
    { name: 'every-node-type', run: runOf(every), options: { planRef: every.hash } },
    {
      name: 'joins',
      run: runOf(
        plan(
          [
            answer('quick'),
            answer('slow', { waitMs: 300 }),
            hang('loser'),
            { ...answer('all'), join: 'all' },
            { ...answer('any'), join: 'any' },
            { ...answer('first'), join: 'first' },
            { ...answer('two'), join: { atLeast: 2 } },
            { ...answer('late'), join: { atLeast: 2 }, joinDeadlineSeconds: 1 },
            { ...answer('waits', { waitMs: 2000 }), timeoutSeconds: 20 },
          ],
          [
            'quick -done-> all',
            'slow -done-> all',
            'quick -done-> any',
            'slow -done-> any',
            'quick -done-> first',
            'loser -done-> first',
            'quick -done-> two',
            'slow -done-> two',
            'quick -done-> late',
            'waits -done-> late',
          ],
        ),
      ),
    },
    {
      name: 'failures',
      run: runOf(
        plan(
          [
            { ...broken('retried'), retry: { attempts: 2, backoffSeconds: 0.1 } },
            answer('rescue'),
            { ...answer('muted'), mute: 'yes' },
            { ...hang('times_out'), timeoutSeconds: 1 },
            { ...answer('bad', { outcome: new Cel('params.missing') }) },
          ],
          ['retried -error-> rescue', 'rescue -yes-> muted', 'times_out -error-> muted', 'bad -error-> muted'],
        ),
      ),
    },
    {
      name: 'loops',
      run: runOf(
        plan(
          [
            each('outer', { concurrency: 2, tolerate: '40%' }),
            { ...answer('check', { outcome: new Cel("item == 3 ? 'none' : 'yes'") }), parent: 'outer' },
            each('empty', { items: [] }),
            {
              id: 'again',
              type: 'steer.repeat',
              effect: 'repeat',
              outcomes: ['met', 'exhausted'],
              input: { atMost: 3, every: '1s' },
              late: { until: { kind: 'expression', cel: 'index == 1' } },
            },
            { ...answer('probe'), parent: 'again' },
          ],
          ['outer -partial-> empty', 'empty -empty-> again'],
        ),
      ),
    },
    {
      name: 'approval-two-people',
      run: runOf(
        plan([{ ...approve('ask', { approvals: 2 }), guards: ['write'] }, write('write')], ['ask -approved-> write']),
      ),
      meanwhile: (one, runId) =>
        decide(one, runId, [
          ['bo@example.com', 'approved'],
          ['cy@example.com', 'approved'],
        ]),
    },
    {
      name: 'approval-rejected-and-expired',
      run: runOf(plan([approve('ask'), approve('nobody', { expiresAfter: '1s' })], ['ask -rejected-> nobody'])),
      meanwhile: (one, runId) => decide(one, runId, [['bo@example.com', 'rejected']]),
    },
    {
      name: 'waits-and-events',
      run: runOf(
        plan(
          [
            { id: 'pause', type: 'steer.wait', effect: 'wait', input: { for: '1s' } },
            {
              id: 'event',
              type: 'steer.wait-event',
              effect: 'event',
              outcomes: ['received', 'expired'],
              input: { event: 'deployed', expiresAfter: '5m' },
              late: { match: { kind: 'expression', cel: 'event.payload.version == 2' } },
            },
            {
              id: 'expires',
              type: 'steer.wait-event',
              effect: 'event',
              outcomes: ['received', 'expired'],
              input: { event: 'never', expiresAfter: '1s' },
            },
            {
              id: 'end',
              type: 'steer.stop',
              effect: 'stop',
              outcomes: ['stopped'],
              input: { as: 'failed', reason: 'enough' },
            },
            hang('goes_on'),
          ],
          ['pause -done-> event', 'expires -expired-> end', 'event -received-> end'],
        ),
      ),
      async meanwhile(one, runId) {
        await eventually(() => one.waits.some((wait) => wait.runId === runId && wait.stepId === 'event'))
        await update(one, runId, updateNames.joinRun, { kind: 'webhook', by: 'webhook:a/b' })
        for (const version of [1, 2]) {
          const event = { name: 'deployed', id: `e${version}`, payload: { version } }
          await update(one, runId, updateNames.deliverEvent, { stepId: 'event', event })
        }
      },
    },
    {
      name: 'child',
      run: runOf(
        plan(
          [
            {
              id: 'sub',
              type: 'steer.run-runbook',
              effect: 'child',
              outcomes: ['done', 'normal', 'abnormal', 'inconclusive'],
              input: { runbook: 'child', params: {} },
              child: { runbook: 'child', version: 1, planHash: child.hash },
              timeoutSeconds: 30,
            },
          ],
          [],
        ),
      ),
    },
    {
      name: 'cancelled-with-a-write',
      run: runOf(plan([write('write'), hang('goes_on')], ['write -done-> goes_on'])),
      async meanwhile(one, runId) {
        const isGoingOn = async () => {
          const state = await one.client.workflow
            .getHandle(runId)
            .query<{ steps: Record<string, { status: string }> }>('runState')
          return state.steps['goes_on']?.status === 'running'
        }
        await eventually(isGoingOn)
        await update(one, runId, updateNames.cancelRun, { by: 'ana@example.com', reason: 'enough' })
      },
    },
    { name: 'timed-out', run: runOf(plan([hang('a')], [], { timeoutSeconds: 1 })) },
    {
      name: 'history-begun-anew',
      run: runOf(
        plan(
          [
            each('loop', { items: Array.from({ length: 30 }, (_, index) => index) }),
            { ...answer('check'), parent: 'loop' },
          ],
          [],
        ),
      ),
      options: { renewAfterEvents: 60 },
    },
    {
      name: 'presets-and-rehearsal',
      run: runOf(plan([answer('a'), write('b'), answer('c')], ['a -done-> b', 'b -done-> c']), {
        mode: 'rehearsal',
        presets: { a: { origin: 'reused', result: { outcome: 'done', output: { at: 1 }, summary: 'reused' } } },
      }),
    },
  ]
}

const isDone = (effect: PlanStep['effect']): boolean => effect === 'compute' || effect === 'read' || effect === 'write'

/** Nodes of the catalogue that end at once with their first outcome: what a node does is its own test's, how the run takes it is this one's. */
export function standIns(): NodeDefinition[] {
  return catalogue.nodeTypes
    .filter(({ effect }) => effect === 'read' || effect === 'write')
    .map((node) => ({
      ...node,
      input: z.looseObject({}),
      output: z.unknown(),
      run: async () => ({ outcome: node.outcomes[0]?.name ?? 'done', output: {}, summary: node.title }),
    })) as unknown as NodeDefinition[]
}

/** One after the other; inputs are empty, so `compute` nodes end as done or as bad input, each its own way through the workflow. */
function everyNodeType() {
  const types = catalogue.nodeTypes.filter(({ effect }) => isDone(effect))
  const id = (type: string): string => type.replaceAll(/[.-]/g, '_')
  return plan(
    types.map(({ type, version, effect, outcomes }) => ({
      id: id(type),
      type,
      version,
      effect,
      outcomes: outcomes.map(({ name }) => name),
      join: 'all' as const,
    })),
    types.slice(1).flatMap(({ type }, index) => {
      const before = id(types[index]!.type)
      return [`${before} -always-> ${id(type)}`, `${before} -error-> ${id(type)}`] as [
        `${string} -${string}-> ${string}`,
        `${string} -${string}-> ${string}`,
      ]
    }),
  )
}
