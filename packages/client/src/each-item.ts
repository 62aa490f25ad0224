/**
 * Reads a list page by page, as far as it is wanted.
 * @example
 * for await (const run of eachItem((cursor) => tenon.listRuns({ status: 'failed', cursor }))) console.log(run.id)
 */
export async function* eachItem<Item>(
  page: (cursor: string | undefined) => Promise<{ items: Item[]; next: string | null }>,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | undefined
  for (;;) {
    const { items, next } = await page(cursor)
    yield* items
    if (next === null) return
    cursor = next
  }
}
