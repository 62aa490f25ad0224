/** Tells people that an action broke a bound: once that it is put back, once that it is not. */
import type { Broken, LedgerAction } from '@tenon/actions'
import type { Database } from '@tenon/db'

export async function noticeBroken(
  action: LedgerAction,
  { breach, stopped }: Broken,
  db: Pick<Database, 'inbox'>,
): Promise<void> {
  const what = breach.kind === 'harm' ? breach.detail : `No data: ${breach.detail}`
  await db.inbox.post(
    stopped === null
      ? {
          key: `${action.key}/harm`,
          title: `Broke a bound: ${action.title}`,
          body: `${what}. It is being put back.`,
          severity: 'warning',
          link: `/actions/${action.id}`,
        }
      : {
          key: `${action.key}/harm-stopped`,
          title: `Does harm and stays: ${action.title}`,
          body: `${what}. It was not put back: ${stopped}. Press Revert, or resume writes.`,
          severity: 'critical',
          link: `/actions/${action.id}`,
        },
  )
}
