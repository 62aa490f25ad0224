import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drive, randomPlan, requester, type Taken } from '../test/random-run.ts'
import { step } from './interpreter.ts'
import type { Plan, PlanEdge } from './plan.ts'
import type { RunCommand, RunState, StepState } from './run.ts'
import { isFinal } from './turn.ts'

const choices = fc.array(fc.nat(1000), { maxLength: 120 })

/** Checks a property of random runs; half of them may be cancelled on the way. */
function holds(property: (run: { plan: Plan; taken: Taken[]; last: RunState; commands: RunCommand[] }) => void): void {
  fc.assert(
    fc.property(randomPlan, choices, fc.boolean(), (plan, given, stop) => {
      const taken = drive(plan, given, { stop })
      property({ plan, taken, last: taken.at(-1)!.after, commands: taken.flatMap((one) => one.commands) })
    }),
    { numRuns: 200 },
  )
}

/** What an edge means, said again without the interpreter. */
function isTaken({ on }: PlanEdge, source: StepState | undefined): boolean {
  if (source?.status === 'done') return on === 'always' || on === source.result.outcome
  return source?.status === 'failed' && on === 'error'
}
const hasBegun = (state: StepState | undefined): boolean => state !== undefined && 'attempt' in state
const entered = (plan: Plan, id: string): PlanEdge[] => plan.edges.filter(({ to }) => to === id)

test('every run ends, with every step ended and finish-run as its one last command', () => {
  holds(({ last, commands }) => {
    expect(last.status).not.toBe('running')
    expect(last.endedAt).not.toBeNull()
    expect(Object.values(last.steps).every(isFinal)).toBe(true)
    expect(commands.filter(({ kind }) => kind === 'finish-run')).toEqual([{ kind: 'finish-run', status: last.status }])
    expect(commands.at(-1)?.kind).toBe('finish-run')
  })
})

test('a step begins only when an edge to it is taken; join all waits for all others, any for none', () => {
  holds(({ plan, taken }) => {
    const wrong = taken.flatMap(({ before, after }) =>
      plan.steps.filter(({ id, join }) => {
        if (hasBegun(before.steps[id]) || !hasBegun(after.steps[id])) return false
        const edges = entered(plan, id)
        // Other steps may end later in the same turn; none un-ends, so what held when the step began holds after the turn.
        const reached = edges.length === 0 || edges.some((edge) => isTaken(edge, after.steps[edge.from]))
        return !reached || (join === 'all' && !edges.every(({ from }) => isFinal(after.steps[from]!)))
      }),
    )
    expect(wrong).toEqual([])
  })
})

test('whatever could begin has begun, and only what cannot is skipped', () => {
  holds(({ plan, taken }) => {
    const going = taken.map(({ after }) => after).filter(({ status }) => status === 'running')
    const wrong = going.flatMap((state) =>
      plan.steps.filter(({ id, join }) => {
        const edges = entered(plan, id)
        const reached = edges.some((edge) => isTaken(edge, state.steps[edge.from]))
        const decided = edges.every(({ from }) => isFinal(state.steps[from]!))
        const { status } = state.steps[id]!
        if (status === 'pending') return decided || (join === 'any' && reached)
        return status === 'skipped' && (reached || !decided)
      }),
    )
    expect(wrong).toEqual([])
  })
})

test('each step begins once, and is tried no more often than it may be', () => {
  holds(({ plan, commands }) => {
    for (const { id, retry } of plan.steps) {
      const attempts = commands.flatMap((one) =>
        (one.kind === 'run-step' || one.kind === 'plan-actions') && one.stepId === id ? [one.attempt] : [],
      )
      expect(attempts).toEqual(attempts.map((_, index) => index + 1))
      expect(attempts.length).toBeLessThanOrEqual(retry.attempts)
    }
  })
})

test('a run fails exactly when a failure is not taken up; skipped is not failed', () => {
  holds(({ plan, last }) => {
    const open = plan.steps.filter(
      ({ id }) =>
        last.steps[id]?.status === 'failed' && !plan.edges.some(({ from, on }) => from === id && on === 'error'),
    )
    const wanted = open.length > 0 ? 'failed' : 'succeeded'
    expect([wanted, 'cancelled', 'timed-out']).toContain(last.status)
    expect(last.error === null).toBe(last.status === 'succeeded')
  })
})

test('actions are reverted exactly when the run did not succeed, a write began and the runbook says so', () => {
  holds(({ plan, taken, last, commands }) => {
    const began = plan.steps.some(
      ({ id, effect }) => effect === 'write' && taken.some(({ after }) => hasBegun(after.steps[id])),
    )
    const wanted = last.status !== 'succeeded' && plan.onFailure === 'revert' && began
    expect(commands.filter(({ kind }) => kind === 'revert-actions')).toHaveLength(wanted ? 1 : 0)
    expect(commands.at(-2)?.kind === 'revert-actions').toBe(wanted)
  })
})

test('every event that comes again changes nothing, nor does any after the end', () => {
  holds(({ plan, taken, last }) => {
    taken.forEach(({ event, after }) => {
      const again = step(plan, after, event)
      expect(again.commands).toEqual([])
      expect(again.state).toBe(after)
      expect(step(plan, last, event).state).toBe(last)
    })
  })
})

test('every timer is started once and nothing is left running at the end', () => {
  holds(({ taken, commands }) => {
    const started = commands.flatMap((one) => (one.kind === 'start-timer' ? [one.timerId] : []))
    expect(new Set(started).size).toBe(started.length)
    const over = new Set(commands.flatMap((one) => (one.kind === 'cancel-timer' ? [one.timerId] : [])))
    for (const { event } of taken) if (event.kind === 'timer-fired') over.add(event.timerId)
    expect(started.filter((timer) => !over.has(timer))).toEqual([])
  })
})

test('people are asked only with every guarded action planned, and what they approved reaches its step', () => {
  holds(({ plan, taken, commands }) => {
    const guardsOf = (id: string): string[] => plan.steps.find((one) => one.id === id)!.guards
    const asked = commands.filter((command) => command.kind === 'request-approval')
    expect(asked.map(({ plans }) => plans.map(({ stepId }) => stepId))).toEqual(
      asked.map(({ stepId }) => guardsOf(stepId)),
    )
    for (const { after, commands: given } of taken) {
      const run = given.filter((command) => command.kind === 'run-step')
      const approved = (stepId: string): boolean =>
        Object.entries(after.steps).some(
          ([id, asker]) =>
            guardsOf(id).includes(stepId) && asker.status === 'done' && asker.result.outcome === 'approved',
        )
      expect(run.map(({ approvedHash }) => approvedHash)).toEqual(
        run.map(({ stepId }) => (approved(stepId) ? `sha256:${stepId}` : undefined)),
      )
    }
  })
})

test('who started the run approves it only where that is allowed, and other hashes approve nothing', () => {
  holds(({ taken }) => {
    const wrong = taken.filter(({ before, event, after }) => {
      const asker = event.kind === 'approval-decided' ? before.steps[event.stepId] : undefined
      if (event.kind !== 'approval-decided' || asker?.status !== 'waiting') return false
      const same = asker.plans.map(({ hash }) => hash).join() === event.hashes.join()
      const own = event.decision === 'approved' && event.by === requester && asker.input['allowRequester'] === false
      return after.steps[event.stepId]?.status !== (same && !own ? 'done' : 'waiting')
    })
    expect(wrong).toEqual([])
  })
})
