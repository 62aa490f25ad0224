/** One thing that `npm test` looks at. */
export interface Stage {
  /** What people type after `npm test --`. */
  name: string
  title: string
  run: () => Promise<StageResult>
}

/** What a stage found. A check counts as one; tests count as theirs. */
export interface StageResult {
  passed: number
  failed: number
  /** What was looked at, with numbers. */
  detail: string
  /** What is wrong, a line each; empty when nothing is. */
  problems: string[]
}

/** The result of a check that looked at `looked` things: one pass or one failure. Having looked at nothing is a failure. */
export function checked(looked: number, things: string, problems: string[]): StageResult {
  const detail = `${looked.toLocaleString('en')} ${things}`
  if (looked === 0) {
    return {
      passed: 0,
      failed: 1,
      detail,
      problems: [`It looked at no ${things}: the check itself is broken.`, ...problems],
    }
  }
  return { passed: problems.length === 0 ? 1 : 0, failed: problems.length === 0 ? 0 : 1, detail, problems }
}
