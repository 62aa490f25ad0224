/** The action ledger as a file, newest first: read and sent in parts, so that a long one takes no more memory than a short one. */
import type { LedgerCursor, LedgerEntry, LedgerFilter } from '@tenon/db'
import { csvRecord } from './csv.ts'
import { restAction } from './rest/actions/action-schema.ts'
import type { Services } from './services.ts'

/** A file of more helps nobody, and ties the database up. */
export const mostExported = 50_000
const part = 500

type LedgerFormat = 'csv' | 'json'

export const contentTypes: Record<LedgerFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
}

const columns: readonly [name: string, of: (entry: LedgerEntry) => string | boolean | null][] = [
  ['planned at', ({ createdAt }) => createdAt],
  ['status', ({ status }) => status],
  ['kind', ({ kind }) => kind],
  ['title', ({ title }) => title],
  ['target', ({ target }) => target],
  ['driver', ({ driver }) => driver],
  ['runbook', ({ runbook }) => runbook],
  ['run', ({ runId }) => runId],
  ['step', ({ stepId }) => stepId],
  ['asked by', ({ requestedBy }) => requestedBy],
  ['approved by', ({ approvedBy }) => approvedBy],
  ['applied at', ({ appliedAt }) => appliedAt],
  ['lease until', ({ leaseUntil }) => leaseUntil],
  ['ended at', ({ endedAt }) => endedAt],
  ['verified', ({ verified }) => verified],
  ['plan', ({ planHash }) => planHash],
  ['id', ({ id }) => id],
]

/**
 * The text of the file, in parts. CSV has an action a row; JSON has each with its plan and all that happened to it.
 *
 * @param most how many actions at most; a longer ledger ends with a note that says so.
 */
export async function* exportLedger(
  { db }: Pick<Services, 'db'>,
  { format, filter, most = mostExported }: { format: LedgerFormat; filter: LedgerFilter; most?: number },
): AsyncGenerator<string> {
  const cut = `Cut: only the newest ${most} actions are here. Narrow the filters, or set "to" to the time of the last one, for the rest.`
  switch (format) {
    case 'csv': {
      yield csvRecord(columns.map(([name]) => name))
      const pages = pagesOf(
        (after, limit) => db.actionLedger.page(filter, { ...after, limit }),
        (entry) => entry,
        most,
      )
      for await (const { items, isCut } of pages)
        yield (
          items.map((entry) => csvRecord(columns.map(([, of]) => of(entry)))).join('') +
            (isCut ? csvRecord([cut, ...columns.slice(1).map(() => null)]) : '')
        )
      return
    }
    case 'json': {
      yield '{"actions":['
      const pages = pagesOf((after, limit) => db.actionLedger.whole(filter, { ...after, limit }), cursorOf, most)
      let [first, note] = [true, '']
      for await (const { items, isCut } of pages) {
        const text = items.map(({ action, events }) => JSON.stringify(restAction(action, events))).join(',\n')
        yield `${first || text === '' ? '' : ','}\n${text}`
        first = false
        if (isCut) note = cut
      }
      yield `\n],"note":${JSON.stringify(note || null)}}\n`
    }
  }
}

/** Reads on only as fast as it is taken, and ends when whoever takes it goes away. */
export function byteStream(parts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await parts.return(undefined)
    },
  })
}

const cursorOf = ({ action: { id, createdAt } }: { action: { id: string; createdAt: number } }): LedgerCursor => ({
  id,
  createdAt: new Date(createdAt).toISOString(),
})

/** One more than are wanted is read, to know whether there are more. */
async function* pagesOf<Item>(
  read: (after: { after?: LedgerCursor }, limit: number) => Promise<Item[]>,
  cursor: (item: Item) => LedgerCursor,
  most: number,
): AsyncGenerator<{ items: Item[]; isCut: boolean }> {
  let after: { after?: LedgerCursor } = {}
  for (let left = most; ;) {
    const wanted = Math.min(part, left + 1)
    const found = await read(after, wanted)
    const items = found.slice(0, left)
    const isCut = found.length > left
    if (items.length > 0 || isCut) yield { items, isCut }
    const last = items.at(-1)
    if (isCut || found.length < wanted || !last) return
    left -= items.length
    after = { after: cursor(last) }
  }
}
