/** Markdown tables of schemas, for the reference pages. */
import * as z from 'zod'

const typed = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  items: z.unknown().optional(),
  'x-widget': z.string().optional(),
})

/** What a JSON Schema allows, in words. */
export function typeText(schema: unknown): string {
  const parsed = typed.safeParse(schema)
  if (!parsed.success) return 'anything'
  const { type, items, anyOf, enum: values, 'x-widget': widget } = parsed.data
  if (values) return values.map((value) => `\`${String(value)}\``).join(', ')
  if (parsed.data.const !== undefined) return `\`${JSON.stringify(parsed.data.const)}\``
  if (anyOf) return [...new Set(anyOf.map(typeText))].join(' or ')
  if (type === 'array') return `list of ${typeText(items)}`
  if (widget && widget !== 'text') return widget
  return [type ?? 'anything'].flat().join(' or ')
}

/** A Markdown table; cells are escaped. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim()
