import { CancellationScope } from '@temporalio/workflow'
import {
  initialState,
  resumeCommands,
  step,
  type Plan,
  type RunEvent,
  type RunStart,
  type RunState,
} from '@tenon/runbook'
import { ownCalls } from './activity-options.ts'
import { approvalEnds, approvalProgress } from './approval.ts'
import { createArrivals } from './arrivals.ts'
import { createCommandRunner, type CommandRunner } from './command-runner.ts'
import { createProjector, type Projector } from './projector.ts'

/** A run under way: its state, and the one door through which events reach the interpreter. */
export interface Driver {
  /** Begins the run, or goes on with it where an earlier execution left it. */
  begin(): void
  state(): RunState
  dispatch(event: RunEvent): void
  commands: CommandRunner
  projector: Projector
  approvers(): Record<string, string>
}

/** Feeds the interpreter with events and carries out its commands. */
export function createDriver(plan: Plan, { context, resume }: RunStart): Driver {
  let state = resume?.state ?? initialState(plan, context)
  /** Time of the event that is being handled. It never goes back, and hangs on nothing that a replay would not know. */
  let clock = 0
  const arrivals = createArrivals()
  const own = ownCalls(arrivals)
  const projector = createProjector(plan, own.project, resume)
  const approvers = new Map(Object.entries(resume?.approvers ?? {}))
  const commands = createCommandRunner(plan, {
    dispatch,
    flush,
    now: () => clock,
    arrivals,
    own,
    state: () => state,
    approverOf: (stepId) => approvers.get(stepId) ?? null,
  })
  const events: RunEvent[] = []
  let draining = false

  /** What a run begins ends by the interpreter's word only, not because the workflow was cancelled: that is one more event. */
  const home = new CancellationScope({ cancellable: false })

  /** Takes one event at a time: a command may answer at once (compute nodes do), and its answer must wait for the command's turn. */
  function dispatch(event: RunEvent): void {
    clock = Math.max(clock, event.at)
    events.push({ ...event, at: clock })
    if (draining) return
    draining = true
    void home.run(async () => drain())
  }

  function drain(): void {
    for (let next = events.shift(); next; next = events.shift()) {
      const before = state
      const result = step(plan, state, next)
      state = result.state
      noteApprovers(before, next)
      if (state !== before) {
        const ended = approvalEnds(before, state, next)
        projector.changed(state, { ended, decisions: approvalProgress(before, state) })
      }
      for (const command of result.commands) commands.run(command)
    }
    draining = false
    // Only now: what compute nodes answered at once is one change, and a run of nothing else is written once.
    flush()
  }

  function flush(): void {
    projector.flush({ at: clock, soon: state.status === 'running' && commands.soon() })
  }

  /** For the ledger: who approved each of the writes that an approve step guards. */
  function noteApprovers(before: RunState, event: RunEvent): void {
    if (event.kind !== 'approval-decided' || event.decision !== 'approved') return
    const asked = before.steps[event.stepId]
    const now = state.steps[event.stepId]
    if (asked?.status !== 'waiting' || asked.on.kind !== 'people' || now?.status !== 'done') return
    const by = [...asked.on.approvals.map((approval) => approval.by), event.by].join(', ')
    for (const action of asked.on.plans) approvers.set(action.stepId, by)
  }

  return {
    commands,
    projector,
    state: () => state,
    dispatch,
    approvers: () => Object.fromEntries(approvers),
    begin() {
      if (!resume) return dispatch({ kind: 'start', at: Date.now() })
      clock = Date.now()
      void home.run(async () => {
        for (const command of resumeCommands(plan, state, clock)) commands.run(command)
      })
    },
  }
}
