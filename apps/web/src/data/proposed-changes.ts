/** A proposal's changes as they are decided on: parsed, found, chosen. Pure. */
import * as z from 'zod'

const change = z.object({
  key: z.string(),
  section: z.enum(['entities', 'tables', 'relations', 'chains']),
  op: z.enum(['add', 'remove', 'change']),
  title: z.string(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
})
export type ProposedChange = z.infer<typeof change>
export type Section = ProposedChange['section']

export const sections: readonly { value: Section; title: string }[] = [
  { value: 'entities', title: 'Entities' },
  { value: 'tables', title: 'Tables and measures' },
  { value: 'relations', title: 'Relations' },
  { value: 'chains', title: 'Chains' },
]

/** The stored changes; empty while there are none. */
export function readChanges(stored: unknown): ProposedChange[] {
  return z.array(change).catch([]).parse(stored)
}

const texts = new WeakMap<ProposedChange, string>()

/** All that is said of a change, also the metric's name in it; made once a change. */
function textOf(change: ProposedChange): string {
  const known = texts.get(change)
  if (known !== undefined) return known
  const { title, key, op, before, after } = change
  const text = `${title} ${key} ${op} ${JSON.stringify([before, after])}`.toLowerCase()
  texts.set(change, text)
  return text
}

/** Those that have all the words: in the title, the key, or what is written. */
export function findChanges(changes: readonly ProposedChange[], text: string): ProposedChange[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return [...changes]
  return changes.filter((change) => words.every((word) => textOf(change).includes(word)))
}

const described = z.object({ title: z.string(), kind: z.string(), unit: z.string() }).partial().catch({})

/** "Rides, counter, rides/min": what it is, beside what is done with it; empty when its text does not say. */
export function changeNote({ before, after }: ProposedChange): string {
  const { title, kind, unit } = described.parse(after ?? before)
  return [title, kind, unit].filter(Boolean).join(', ')
}

/** Keys of what is left out -> what to accept: nothing said is all. */
export function acceptedKeys(
  changes: readonly ProposedChange[],
  leftOut: ReadonlySet<string>,
): { only?: string[]; count: number } {
  if (leftOut.size === 0) return { count: changes.length }
  const only = changes.filter(({ key }) => !leftOut.has(key)).map(({ key }) => key)
  return { only, count: only.length }
}

/** "12 new, 3 changed, 1 gone" */
export function countWords(changes: readonly ProposedChange[]): string {
  const of = (op: ProposedChange['op']): number => changes.filter((one) => one.op === op).length
  const words = [
    [of('add'), 'new'],
    [of('change'), 'changed'],
    [of('remove'), 'gone'],
  ] as const
  return words
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count.toLocaleString('en-GB')} ${word}`)
    .join(', ')
}
