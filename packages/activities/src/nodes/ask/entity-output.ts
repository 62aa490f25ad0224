import type { Entity } from '@tenon/data'
import * as z from 'zod'

/** An entity as steps give it on: every field is there, so that expressions need not ask whether it is. */
export const entityOutput = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  owner: z.string().nullable(),
  attributes: z.record(z.string(), z.string()),
})

export const toEntityOutput = ({ id, kind, title, owner, attributes }: Entity): z.infer<typeof entityOutput> => ({
  id,
  kind,
  title: title ?? id,
  owner: owner ?? null,
  attributes,
})
