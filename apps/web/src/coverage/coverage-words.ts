/** How the coverage page says things. Pure. */
import type { Outputs } from '../ui/api.tsx'
import { plural } from '../ui/figures.ts'
import type { Tone } from '../ui/tone.ts'

export type CoverageRow = Outputs['coverage']['get']['rows'][number]
export type RunbookState = Outputs['coverage']['get']['runbooks'][number]

/** State as word and tone: none has a colour of a verdict's "normal", as a gap is no incident. */
export function stateLook(state: CoverageRow['state']): { word: string; tone: Tone } {
  switch (state) {
    case 'none':
      return { word: 'no runbook', tone: 'abnormal' }
    case 'general':
      return { word: 'general only', tone: 'inconclusive' }
    case 'partly':
      return { word: 'partly', tone: 'neutral' }
    case 'covered':
      return { word: 'covered', tone: 'normal' }
  }
}

/** Symptoms that have no runbook of their own, as a person says them. */
export function missingSymptoms({ symptoms }: Pick<CoverageRow, 'symptoms'>): string[] {
  return symptoms.flatMap(({ symptom, runbook, general }) =>
    runbook !== null && !general ? [] : [symptom === 'any' ? 'anything' : symptom.replace('-', ' ')],
  )
}

/** Distinct runbooks that are chosen for it, the special ones first. */
export function chosenRunbooks({
  symptoms,
}: Pick<CoverageRow, 'symptoms'>): { name: string; title: string; general: boolean }[] {
  const found = new Map<string, { name: string; title: string; general: boolean }>()
  for (const { runbook, general } of symptoms.toSorted((a, b) => Number(a.general) - Number(b.general)))
    if (runbook && !found.has(runbook.name)) found.set(runbook.name, { ...runbook, general })
  return [...found.values()]
}

/** What a person does about it. */
export function todoOf({ gone, unbounded, tests, testProblem, unused, untouched }: RunbookState): string {
  if (gone.length > 0 || unbounded || tests.failing.length > 0 || testProblem !== null) return 'Open and mend'
  if (unused) return 'Open and run'
  return untouched ? 'Open and look' : 'Open'
}

/** Why a runbook is stale, a short text each, the worst first; empty when it is not. */
export function staleReasons(state: RunbookState, now: number): string[] {
  const { gone, unbounded, tests, testProblem, untouched, unused, savedAt } = state
  const days = Math.floor((now - Date.parse(savedAt)) / 86_400_000)
  return [
    ...gone.map(({ kind, name, where }) => `${where} names the ${kind} ${name}, which the model has no longer`),
    ...(tests.failing.length > 0
      ? [`${tests.failing.length} of ${plural(tests.total, 'test')} fails: ${tests.failing.slice(0, 2).join(', ')}`]
      : []),
    ...(testProblem === null ? [] : [`its tests cannot be run: ${testProblem}`]),
    ...(unbounded ? ['it may conclude too late: give the step that concludes a startBy of at most 50 s'] : []),
    ...(untouched ? [`nobody saved it for ${days} days`] : []),
    ...(unused ? ['it never ran'] : []),
  ]
}
