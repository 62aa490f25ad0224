/** A plan in plain words: what is expected, how far it reaches, how it goes in and out again, and what would refuse it. Pure. */
import { fixOf } from './guard-fix.ts'
import type { ApprovalDetail } from './shown-plan.ts'

export type ShownPlan = ApprovalDetail['plans'][number]
type Fact = ShownPlan['facts'][number]

/** Facts about the course of an action; the others are about its reach. */
const ofCourse = new Set(['by waves', 'verify', 'reverts'])
const radius = 'Blast radius'

/** How much it touches and moves, and what remains. */
export function reachOf({ facts, guards }: Pick<ShownPlan, 'facts' | 'guards'>): Fact[] {
  const touched = guards.find(({ name }) => name === radius)
  return [
    ...(touched ? [{ label: 'touches', value: touched.detail }] : []),
    ...facts.filter(({ label }) => !ofCourse.has(label)),
  ]
}

/** How it goes in, what is watched meanwhile, and how it ends: one sentence each. */
export function courseOf(plan: Pick<ShownPlan, 'facts' | 'effects' | 'leaseSeconds'>): Fact[] {
  const said = (label: string): string | undefined => plan.facts.find((fact) => fact.label === label)?.value
  const waves = said('by waves')
  const verify = said('verify')
  const bounds = (plan.effects ?? []).filter(({ label }) => !label.startsWith('requests'))
  const reverts = plan.leaseSeconds > 0
  return [
    ...(waves === undefined ? [] : [{ label: 'by waves', value: `${waves}; the next begins only when all is well` }]),
    ...bounds.map(({ label, expected }) =>
      reverts
        ? {
            label: 'stops at harm',
            value: `${label} must stay ${expected}; if not, or without data for a minute, it is put back at once`,
          }
        : { label: 'looks at', value: `${label} after it: ${expected}, or it is not verified` },
    ),
    ...(verify === undefined ? [] : [{ label: 'verifies', value: verify }]),
    {
      label: 'reverts',
      value: reverts
        ? `by itself ${lasting(plan.leaseSeconds)} after it is applied, unless it is reverted or renewed on Actions`
        : 'not by itself: it cannot be put back',
    },
  ]
}

function lasting(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}

export interface Failing {
  /** Of the plan that it is about; null when there is only one. */
  plan: string | null
  name: string
  detail: string
  fix: string
}

/** Every guard that does not pass, of every plan. */
export function failingGuards(plans: readonly Pick<ShownPlan, 'title' | 'guards'>[]): Failing[] {
  return plans.flatMap(({ title, guards }) =>
    guards
      .filter(({ pass }) => !pass)
      .map(({ name, detail }) => ({ plan: plans.length > 1 ? title : null, name, detail, fix: fixOf(name) })),
  )
}
