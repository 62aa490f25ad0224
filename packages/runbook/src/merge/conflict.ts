/** What two sides of a merge disagree about. */

export interface Conflict {
  /** Stable: the same documents give the same keys, whatever was chosen elsewhere. */
  key: string
  /** Both changed it, both added it, one removed what the other changed or needs, both renamed a step, edges of both close a circle. */
  kind: 'changed' | 'added' | 'removed' | 'renamed' | 'cycle'
  /** As in the document: `['nodes', 'source', 'with', 'window']`. */
  path: string[]
  /** `undefined`: not there. */
  base?: unknown
  ours?: unknown
  theirs?: unknown
}

export type Choices = Readonly<Record<string, 'ours' | 'theirs'>>

export interface Values<T> {
  base: T
  ours: T
  theirs: T
}

export interface ConflictLog {
  conflicts: Conflict[]
  /** Lists a conflict and returns the value that is chosen for it. */
  settle<T>(path: string[], kind: Conflict['kind'], values: Values<T>): T
  /** Notes that a step is called `to` only because that was chosen: what else conflicts in it is known by what both sides called it before. */
  chosenName(to: string, from: string): void
  /** The same name of a step whatever is chosen. */
  stableName(step: string): string
}

export function createConflictLog(choices: Choices): ConflictLog {
  const conflicts: Conflict[] = []
  const before = new Map<string, string>()
  const stableName = (step: string): string => {
    const from = before.get(step)
    // Not the bare name: a side may have given it to another step.
    return from === undefined ? step : `was ${from}`
  }
  return {
    conflicts,
    stableName,
    chosenName: (to, from) => void before.set(to, from),
    settle(path, kind, values) {
      const [collection, id, ...rest] = path
      const stable = collection === 'nodes' && id !== undefined ? [collection, stableName(id), ...rest] : path
      const key = kind === 'renamed' ? `renamed.${path.join('.')}` : stable.join('.')
      conflicts.push({ key, kind, path, ...values })
      return Object.hasOwn(choices, key) && choices[key] === 'theirs' ? values.theirs : values.ours
    },
  }
}

const nouns: Record<string, string> = {
  nodes: 'step',
  params: 'parameter',
  triggers: 'trigger',
  tests: 'test',
}

/** The place of a conflict in words: "step source, window". */
export function conflictPlace({ kind, path }: Conflict): string {
  const [collection = '', id, ...fields] = path
  if (kind === 'cycle') return 'connections that lead in a circle'
  const noun = nouns[collection]
  if (noun === undefined || id === undefined) return path.join('.')
  if (kind === 'renamed') return `name of ${noun} ${id}`
  const field = (collection === 'nodes' && fields[0] === 'with' ? fields.slice(1) : fields).join('.')
  return field === '' ? `${noun} ${id}` : `${noun} ${id}, ${field}`
}
