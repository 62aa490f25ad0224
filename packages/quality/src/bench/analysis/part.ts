/** One kind of labelled data, or one measurement of speed, of the analysis bench. */
export interface AnalysisPart {
  name: string
  /** Every figure that it gives. */
  figures: string[]
  /**
   * Answers on a folder laid out like the labelled data, in the format that its score scripts read. Labels are never read. False when
   * the folder has no data of this kind.
   */
  answer?: (folders: AnalysisFolders) => Promise<boolean>
  /** Figures of the answers, by the score script that comes with the data; null where it cannot be run. */
  score?: (folders: AnalysisFolders, run: RunScore) => Promise<Record<string, number | null>>
  /** Figures that need no data: speed and size. */
  measure?: (say: (line: string) => void) => Promise<Record<string, number | null>>
}

export interface AnalysisFolders {
  /** Holds nab/, kpi/, change/, rca/, multidim/, alerts/, whichever there are. */
  data: string
  /** Answers go here, laid out the same way. */
  out: string
  say: (line: string) => void
  /** Something odd about the figures, said with them. */
  note: (line: string) => void
}

/** Runs a score script of `DATA/score` and resolves to what it prints; null when it cannot be run. */
export type RunScore = (script: string, args: string[]) => Promise<string | null>
