/** What an expression in a step may mention: parameters, the trigger, and the outputs of the steps that lead to it. */
import type { NodeType, RunbookDocument } from '@tenon/runbook'
import * as z from 'zod'

export interface Reference {
  /** As it is written: `steps.loss.output.since`. */
  text: string
  /** JSON type or parameter type. */
  type: string
  note: string
}

/** The parts of a JSON Schema that completion reads. */
const objectSchema = z.object({
  properties: z
    .record(
      z.string(),
      z.object({
        type: z.union([z.string(), z.array(z.string())]).optional(),
        title: z.string().optional(),
        description: z.string().optional(),
      }),
    )
    .optional(),
})

/** Steps from which a path leads to `stepId`, nearest first. */
export function stepsBefore(document: Pick<RunbookDocument, 'edges' | 'nodes'>, stepId: string): string[] {
  const found = new Set<string>()
  // A step of a loop also comes after what comes before the loop.
  let front = [stepId, ...loopsAround(document, stepId)]
  const own = new Set(front)
  while (front.length > 0) {
    const next = document.edges.filter(
      (edge) => front.includes(edge.to) && !found.has(edge.from) && !own.has(edge.from),
    )
    front = [...new Set(next.map((edge) => edge.from))]
    for (const id of front) found.add(id)
  }
  return [...found]
}

/** Loops that a step is in, innermost first. */
export function loopsAround({ nodes }: Pick<RunbookDocument, 'nodes'>, stepId: string): string[] {
  const around: string[] = []
  for (let loop = nodes[stepId]?.in; loop !== undefined && !around.includes(loop); loop = nodes[loop]?.in)
    around.push(loop)
  return around
}

export function referencesFor(
  document: RunbookDocument,
  stepId: string,
  find: (type: string) => NodeType | undefined,
): Reference[] {
  const params = Object.entries(document.params).map(([name, parameter]) => ({
    text: `params.${name}`,
    type: parameter.type,
    note: parameter.title ?? 'parameter',
  }))
  const outputs = stepsBefore(document, stepId).flatMap((id) => {
    const node = document.nodes[id]
    const nodeType = node && find(node.type)
    if (!nodeType) return []
    const title = node.title ?? nodeType.title
    const schema = objectSchema.safeParse(nodeType.outputSchema)
    const fields = Object.entries(schema.success ? (schema.data.properties ?? {}) : {})
    return [
      ...fields.map(([name, field]) => ({
        text: `steps.${id}.output.${name}`,
        type: Array.isArray(field.type)
          ? field.type.filter((each) => each !== 'null').join(' or ')
          : (field.type ?? 'any'),
        note: field.title ?? field.description ?? title,
      })),
      { text: `steps.${id}.outcome`, type: 'string', note: title },
    ]
  })
  const run = [
    { text: 'run.id', type: 'string', note: 'this run' },
    { text: 'run.asOf', type: 'string', note: 'the run’s clock' },
    { text: 'trigger.by', type: 'string', note: 'who asked for the run' },
  ]
  const [loop] = loopsAround(document, stepId)
  const inLoop = [
    { text: 'item', type: 'any', note: `this round’s item of ${loop}` },
    { text: 'index', type: 'number', note: 'the round, from 0' },
  ]
  return [...params, ...(loop === undefined ? [] : inLoop), ...outputs, ...run]
}

/** The references that continue what is being written just before the caret, best first. */
export function completions(
  references: readonly Reference[],
  text: string,
  caret: number,
): { from: number; found: Reference[] } {
  const before = text.slice(0, caret)
  const word = /[A-Za-z_][\w.]*$/.exec(before)?.[0] ?? ''
  const query = word.toLowerCase()
  const found = references
    .filter((reference) => reference.text !== word && reference.text.toLowerCase().includes(query))
    .toSorted((a, b) => Number(b.text.startsWith(word)) - Number(a.text.startsWith(word)))
  return { from: caret - word.length, found: found.slice(0, 8) }
}
