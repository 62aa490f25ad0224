/** What each verdict of an alert looks like and means. Noise is quiet: only what needs people has a colour. */
import type { Outputs } from '../ui/api.tsx'
import type { Tone } from '../ui/tone.ts'

export type AlertGroup = Outputs['alerts']['list']['groups'][number]
export type AlertVerdict = NonNullable<AlertGroup['verdict']>
export type AlertLabel = NonNullable<AlertGroup['label']>

export interface VerdictLook {
  word: string
  tone: Tone
  /** One sentence for people who meet it first. */
  meaning: string
}

export const verdictLooks: Record<AlertVerdict, VerdictLook> = {
  real: { word: 'real', tone: 'abnormal', meaning: 'Something is wrong here.' },
  undetermined: { word: 'undetermined', tone: 'inconclusive', meaning: 'It could not be judged, so people are told.' },
  'source-drop': { word: 'source drop', tone: 'warning', meaning: 'Less comes in from outside; its own part is well.' },
  'low-traffic': { word: 'low traffic', tone: 'skipped', meaning: 'Too few events to tell a rate.' },
  'normal-loss': { word: 'normal loss', tone: 'done', meaning: 'It swings about its threshold as it always does.' },
  'expected-change': { word: 'change', tone: 'done', meaning: 'A planned change explains it.' },
  'expected-load-test': { word: 'load test', tone: 'done', meaning: 'A load test explains it.' },
  duplicate: { word: 'duplicate', tone: 'skipped', meaning: 'The same alert of the same thing again.' },
  echo: { word: 'echo', tone: 'skipped', meaning: 'A fault elsewhere, told of already, reaches it.' },
}

export const verdicts = Object.keys(verdictLooks).filter(isVerdict)

export function isVerdict(text: string): text is AlertVerdict {
  return Object.hasOwn(verdictLooks, text)
}

/** Null is an alert that nothing judged yet. */
export function lookOf(verdict: AlertVerdict | null): VerdictLook {
  return verdict === null
    ? { word: 'not judged', tone: 'neutral', meaning: 'Nothing judged it yet, so people are told.' }
    : verdictLooks[verdict]
}

/** Whether a verdict leaves people alone. */
export function isNoise(verdict: AlertVerdict | null): boolean {
  return verdict !== null && verdict !== 'real' && verdict !== 'undetermined'
}

/** Why it is what it is; what its rule says while nothing judged it. */
export function reasonOf({ reason, alerts }: Pick<AlertGroup, 'reason' | 'alerts'>): string {
  return reason || (alerts[0]?.annotations['summary'] ?? '')
}

/** Who owns what it is about, as its labels say. */
export function ownerOf({ alerts }: Pick<AlertGroup, 'alerts'>): string | null {
  const labels = alerts[0]?.labels ?? {}
  return labels['owner'] ?? labels['team'] ?? null
}

export const toneOfLabel: Record<AlertLabel, Tone> = { real: 'abnormal', noise: 'done' }
