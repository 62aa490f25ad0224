/** What a run that begins in the middle takes over from the run before it. */
import type { Plan, PlanEdge, PlanStep } from '../plan.ts'
import type { Preset, StepResult } from '../run.ts'
import { report } from '../verdict.ts'
import type { RecordedStep } from './recorded-step.ts'

/** Run on from a step, or run some steps by themselves. */
export type RerunRequest = { from: string } | { only: string[] }

export type RerunPresets =
  | { ok: true; presets: Record<string, Preset>; only?: string[] }
  | { ok: false; code: 'unknown-step' | 'step-in-loop' | 'step-needs-approval'; message: string; fix: string }

/**
 * Chooses the results that are reused. `from`: those of steps that are done and not downstream of it. `only`: those of the steps that lead to it.
 *
 * An approval is never reused for a write that runs again: people are asked again, and what follows from their answer runs again too.
 *
 * @param plan what will run; it may be a later version of what the steps are of.
 * @param steps of the run before; of steps in loops nothing is reused, their loop has their results.
 */
export function rerunPresets(plan: Plan, steps: readonly RecordedStep[], request: RerunRequest): RerunPresets {
  const asked = 'from' in request ? [request.from] : request.only
  for (const id of asked) {
    const refused = refusalOf(plan, id, 'only' in request)
    if (refused) return refused
  }
  const top = plan.steps.filter(({ parent }) => parent === null)
  const reusable =
    'from' in request
      ? without(top, runningAgain(plan, request.from))
      : within(top, new Set(asked.flatMap((id) => [...reachable(plan.edges, id, 'upstream')])), asked)
  const recorded = new Map(steps.map((step) => [step.stepId, step]))
  const presets: Record<string, Preset> = {}
  for (const step of reusable) {
    const result = resultOf(step, recorded.get(step.id))
    if (result) presets[step.id] = { result, origin: 'reused' }
  }
  return { ok: true, presets, ...('only' in request ? { only: asked } : {}) }
}

function refusalOf(plan: Plan, id: string, alone: boolean): Extract<RerunPresets, { ok: false }> | null {
  const step = plan.steps.find((one) => one.id === id)
  if (!step) {
    return {
      ok: false,
      code: 'unknown-step',
      message: `There is no step "${id}" in ${plan.runbook.name}.`,
      fix: `Name one of ${plan.steps.map((one) => one.id).join(', ')}.`,
    }
  }
  if (step.parent !== null) {
    return {
      ok: false,
      code: 'step-in-loop',
      message: `"${id}" is a step of the loop "${step.parent}": it runs once a round and cannot be started by itself.`,
      fix: `Name the loop "${outermost(plan, step)}" instead.`,
    }
  }
  const approval = plan.steps.find(({ guards }) => guards.includes(id))
  if (alone && approval) {
    return {
      ok: false,
      code: 'step-needs-approval',
      message: `"${id}" changes something that people approve in "${approval.id}"; it does not run without that.`,
      fix: `Run from "${approval.id}" instead.`,
    }
  }
  return null
}

function outermost(plan: Plan, step: PlanStep): string {
  let at = step
  for (let parent = step.parent; parent !== null; parent = at.parent) {
    const found = plan.steps.find(({ id }) => id === parent)
    if (!found) return at.id
    at = found
  }
  return at.id
}

/** The step, what follows from it, and the approvals of writes among them with what follows from those. */
function runningAgain(plan: Plan, from: string): Set<string> {
  const again = reachable(plan.edges, from, 'downstream').add(from)
  let before = 0
  while (before !== again.size) {
    before = again.size
    for (const { id, guards } of plan.steps) {
      if (again.has(id) || !guards.some((guarded) => again.has(guarded))) continue
      again.add(id)
      for (const next of reachable(plan.edges, id, 'downstream')) again.add(next)
    }
  }
  return again
}

/** Ids of the steps on paths out of a step, or into it; without itself. */
function reachable(edges: readonly PlanEdge[], start: string, direction: 'upstream' | 'downstream'): Set<string> {
  const found = new Set<string>()
  const open = [start]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const { from, to } of edges) {
      const [near, far] = direction === 'downstream' ? [from, to] : [to, from]
      if (near !== at || found.has(far)) continue
      found.add(far)
      open.push(far)
    }
  }
  return found
}

const without = (steps: PlanStep[], ids: Set<string>): PlanStep[] => steps.filter(({ id }) => !ids.has(id))
const within = (steps: PlanStep[], ids: Set<string>, except: string[]): PlanStep[] =>
  steps.filter(({ id }) => ids.has(id) && !except.includes(id))

/** null when it is not done, or was another kind of step then. */
function resultOf(step: PlanStep, recorded: RecordedStep | undefined): StepResult | null {
  if (!recorded || recorded.status !== 'done' || recorded.outcome === null || recorded.type !== step.type) return null
  if (!step.outcomes.some(({ name }) => name === recorded.outcome)) return null
  const made = report.safeParse(recorded.output)
  return {
    outcome: recorded.outcome,
    output: recorded.output,
    summary: recorded.summary ?? '',
    ...(recorded.verdict ? { verdict: recorded.verdict } : {}),
    ...(recorded.evidence.length > 0 ? { evidence: recorded.evidence } : {}),
    ...(recorded.hypotheses.length > 0 ? { hypotheses: recorded.hypotheses } : {}),
    ...(made.success ? { report: made.data } : {}),
  }
}
