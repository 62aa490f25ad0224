/** Lists come in pages: `next` of one is the `cursor` of the one after. */
import * as z from 'zod'
import { ApiError } from '../errors.ts'

export const longestPage = 200

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(longestPage).default(50).describe('How many at most.'),
  cursor: z.string().max(500).optional().describe('`next` of the page before.'),
}

/** @param item with an id, so that documents name it. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    next: z.string().nullable().describe('`cursor` of the next page; null at the end.'),
  })

/** A list that is short enough for one page. */
export const wholeList = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.null().describe('It is the whole list.') })

/** Cursors are for us to read, so that what they hold may change. */
export const writeCursor = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** @throws ApiError `bad-cursor`. */
export function readCursor<Schema extends z.ZodType>(
  schema: Schema,
  cursor: string | undefined,
): z.output<Schema> | undefined {
  if (cursor === undefined) return undefined
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch (cause) {
    throw new ApiError(
      {
        status: 400,
        code: 'bad-cursor',
        message: 'The cursor is none of ours.',
        fix: 'Send `next` of the page before as it came, or leave it out to begin anew.',
      },
      { cause },
    )
  }
}

/** For lists that are read whole: a page of them, by position. */
export function pageFrom<Item>(
  all: readonly Item[],
  { limit, cursor }: { limit: number; cursor?: string },
): { items: Item[]; next: string | null } {
  const start = readCursor(z.int().min(0), cursor) ?? 0
  const end = start + limit
  return { items: all.slice(start, end), next: end < all.length ? writeCursor(end) : null }
}
