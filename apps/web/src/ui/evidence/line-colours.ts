/** Colours of a chart's lines: the verdict's own colour for one line, tellable ones for several. */
import { toneLooks } from '../tone.ts'
import type { SeriesEvidence } from './chart-data.ts'

type MarkKind = NonNullable<SeriesEvidence['marks']>[number]['kind']

const several = ['--accent', '--ask', '--act', '--judge', '--inconclusive', '--normal']

/** How the marks of a chart stand apart, without their colours too: dashed for a change, solid for the onset, wide for an alert. */
export const markLooks: Record<
  MarkKind,
  { variable: string; border: 'dashed' | 'solid' | 'dotted'; width: number; dash: number[] }
> = {
  change: { variable: '--act', border: 'dashed', width: 1, dash: [3, 3] },
  onset: { variable: '--abnormal', border: 'solid', width: 1, dash: [] },
  alert: { variable: '--running', border: 'dotted', width: 2, dash: [2, 2] },
}

/** `colour` turns a CSS variable's name into what the caller draws with. */
export function lineColours(
  evidence: Pick<SeriesEvidence, 'series' | 'verdict'>,
  colour: (variable: string) => string,
): string[] {
  if (evidence.series.length === 1) {
    const verdict = evidence.verdict
    return [colour(verdict && verdict !== 'normal' ? toneLooks[verdict].variable : '--accent')]
  }
  return evidence.series.map((_line, index) => colour(several[index % several.length]!))
}
