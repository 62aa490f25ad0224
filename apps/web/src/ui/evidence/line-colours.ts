/** Colours of a chart's lines: the verdict's own colour for one line, tellable ones for several. */
import { toneLooks } from '../tone.ts'
import type { SeriesEvidence } from './chart-data.ts'

const several = ['--accent', '--ask', '--act', '--judge', '--inconclusive', '--normal']

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
