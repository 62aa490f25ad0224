import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineUpdate,
  ParentClosePolicy,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow'
import {
  enterGate,
  leaveGate,
  priorityKeys,
  runWorkflowId,
  updateNames,
  workflowNames,
  type Entered,
  type EnterGate,
  type GateInput,
  type LeaveGate,
  type Workflows,
} from '@tenon/runbook'
import { cancelRun, joinRun, markQueued, watchRun } from './activity-options.ts'

type Waiting = EnterGate['run']

export const enterUpdate = defineUpdate<Entered, [EnterGate]>(updateNames.enter)
export const leaveUpdate = defineUpdate<void, [LeaveGate]>(updateNames.leave)

/** The queue travels into the next execution, where it must fit. */
const longestQueue = 500
const mostQueuedBytes = 1024 * 1024
const mostEvents = 5_000

/**
 * The gate of one concurrency key: lets one run at a time begin, and decides what becomes of those that come meanwhile. It starts runs as its children,
 * so that it learns of their end however they end, and leaves them alone otherwise. It ends when no run goes on and none waits.
 */
export async function concurrencyGate({ resume, ...gate }: GateInput): Promise<void> {
  let current: string | null = resume?.current ?? null
  const queue: Waiting[] = [...(resume?.queue ?? [])]
  const began = new Set<string>()
  let renewing = false
  /** Decisions take a moment and must see what the one before decided. */
  let turn: Promise<unknown> = Promise.resolve()

  function inTurn<T>(decide: () => Promise<T>): Promise<T> {
    const decided = turn.then(decide)
    turn = decided.catch(() => undefined)
    return decided
  }

  /** Resolves when the run has begun; its end lets the next one begin. */
  async function begin(run: Waiting): Promise<void> {
    const { runId } = run.context
    current = runId
    const { ended } = await startRun(run)
    began.add(runId)
    void ended.then(() => beginNext())
  }

  function beginNext(): void {
    current = null
    const waiting = renewing ? undefined : queue.shift()
    if (waiting) void begin(waiting)
  }

  async function enter({ run, policy }: EnterGate): Promise<Entered> {
    const { runId, trigger } = run.context
    if (current === runId || began.has(runId)) return { disposition: 'ran', runId }
    if (queue.some((waiting) => waiting.context.runId === runId)) return { disposition: 'queued', runId }
    if (current === null && queue.length === 0) {
      await begin(run)
      return { disposition: 'ran', runId }
    }
    const going = current ?? queue[0]?.context.runId ?? runId
    switch (policy) {
      case 'queue':
        await wait(run)
        return { disposition: 'queued', runId }
      case 'drop':
        return { disposition: 'dropped', runId: going }
      case 'join':
        if (await joinRun({ runId: going, trigger })) return { disposition: 'joined', runId: going }
        await wait(run)
        return { disposition: 'ran', runId }
      case 'replace': {
        const reason = `Replaced by the run ${runId}, which has the same concurrency key.`
        const replaced = [...queue.splice(0).map((waiting) => waiting.context.runId), ...(current ? [current] : [])]
        await wait(run)
        await Promise.all(replaced.map((one) => cancelRun({ runId: one, by: trigger.by, reason })))
        return { disposition: 'ran', runId }
      }
    }
  }

  async function wait(run: Waiting): Promise<void> {
    // The row is told first: it must not say "queued" of a run that has begun meanwhile.
    await markQueued(run.context.runId)
    if (current === null && queue.length === 0 && !renewing) return begin(run)
    queue.push(run)
  }

  setHandler(enterUpdate, (asked) => inTurn(() => enter(asked)), {
    validator: (payload) => {
      enterGate.parse(payload)
      if (payload.policy !== 'queue' || (queue.length < longestQueue && JSON.stringify(queue).length < mostQueuedBytes))
        return
      throw ApplicationFailure.nonRetryable(
        `${queue.length} runs of "${gate.runbook}" wait already for those before them.`,
        'queue-full',
      )
    },
  })

  setHandler(
    leaveUpdate,
    (asked) =>
      inTurn(async () => {
        const place = queue.findIndex((waiting) => waiting.context.runId === asked.runId)
        if (place === -1) throw notWaiting(asked)
        queue.splice(place, 1)
        await cancelRun(asked)
      }),
    { validator: (payload) => void leaveGate.parse(payload) },
  )

  // A gate that is cancelled in Temporal goes on: runs that wait must begin.
  await CancellationScope.nonCancellable(async () => {
    if (current !== null) void watchRun(current).then(() => beginNext())
    else beginNext()
    await condition(
      () => atRest() || workflowInfo().historyLength > mostEvents || workflowInfo().continueAsNewSuggested,
    )
    if (atRest()) return
    renewing = true
    await condition(allHandlersFinished)
    await continueAsNew<typeof concurrencyGate>({ ...gate, resume: { current, queue } })
  })

  function atRest(): boolean {
    return current === null && queue.length === 0 && allHandlersFinished()
  }
}

/** @returns once it has begun. `ended` never fails: a run that was terminated is over, too. */
async function startRun({ planRef, priority, context }: Waiting): Promise<{ ended: Promise<unknown> }> {
  try {
    const handle = await startChild<Workflows['runRunbook']>(workflowNames.runRunbook, {
      args: [{ planRef, context }],
      workflowId: runWorkflowId(context.runId),
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      parentClosePolicy: ParentClosePolicy.ABANDON,
      priority: { priorityKey: priorityKeys[priority] },
    })
    return { ended: handle.result().catch(() => undefined) }
  } catch {
    // It was started otherwise (a repair): its end counts all the same.
    return { ended: watchRun(context.runId).catch(() => undefined) }
  }
}

function notWaiting({ runId }: LeaveGate): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `The run ${runId} does not wait here: it has begun, or was never queued.`,
    'not-waiting',
  )
}
