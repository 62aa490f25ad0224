/** What is said between a process that computes and the child that DuckDB runs in. */
import * as z from 'zod'

/** Text of SQL has a `$1`, `$2`, ... for each parameter. */
export const parameter = z.union([z.string(), z.number(), z.boolean()])
export type Parameter = z.infer<typeof parameter>

export const cell = z.union([z.string(), z.number(), z.boolean(), z.null()])
export type Cell = z.infer<typeof cell>

export const toChild = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('open'),
    /** Every file that may be read, as its real path; nothing else on the machine can be. */
    files: z.array(z.string()),
    memoryMegabytes: z.number(),
    threads: z.number(),
    /** For what does not fit in memory; removed by whoever made it. */
    temporaryFolder: z.string(),
    temporaryMegabytes: z.number(),
  }),
  z.object({ type: z.literal('query'), text: z.string(), parameters: z.array(parameter), maximumRows: z.number() }),
])
export type ToChild = z.infer<typeof toChild>

export const fromChild = z.discriminatedUnion('type', [
  z.object({ type: z.literal('opened') }),
  z.object({
    type: z.literal('rows'),
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
    rows: z.array(z.array(cell)),
    /** There are more than `maximumRows`. */
    isCut: z.boolean(),
    peakMegabytes: z.number(),
  }),
  z.object({ type: z.literal('failed'), reason: z.enum(['memory', 'query']), message: z.string() }),
])
export type FromChild = z.infer<typeof fromChild>
