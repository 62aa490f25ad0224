import { ActionError, type ActionDeps, type ActionStatus, type Advance, type LedgerAction } from '@tenon/actions'
import { expect, it } from 'vitest'
import { reconcile, type ReconcileDeps } from './reconcile.ts'

const now = Date.UTC(2026, 9, 1, 14, 7)

/** Left behind long ago by a person's request: no run goes on with it. */
const left = (id: string, status: ActionStatus) =>
  ({ id, status, runId: null, createdAt: now - 3_600_000, leaseUntil: now + 60_000 }) as LedgerAction

/** A ledger with these actions, of which `broken` cannot be moved on, and leases of which `broken` cannot be ensured. */
function worldOf(actions: LedgerAction[], broken: string) {
  const refused: string[] = []
  const ensured: string[] = []
  const errors: string[] = []
  const assertWhole = (id: string): void => {
    if (id === broken) throw new ActionError('ledger-conflict', `${id} was moved on`, { fix: 'none' })
  }
  const deps = {
    db: { runs: { stuck: async () => [], list: async () => [] } },
    actions: {
      ledger: {
        list: async () => actions,
        now: async () => now,
        async advance(id: string, { to }: Advance) {
          assertWhole(id)
          refused.push(`${id} ${to}`)
        },
      },
    } as unknown as ActionDeps,
    leases: {
      async ensure(id: string) {
        assertWhole(id)
        ensured.push(id)
      },
    },
    onError: (what: string) => void errors.push(what),
  } as unknown as ReconcileDeps
  return { deps, refused, ensured, errors }
}

it.each(['first', 'third'])('goes on past an action that cannot be settled: the %s', async (broken) => {
  const actions = [
    left('first', 'planned'),
    left('second', 'approved'),
    left('third', 'done'),
    left('fourth', 'unknown'),
    left('fifth', 'planned'),
  ]
  const world = worldOf(actions, broken)
  const { actionsSettled } = await reconcile(world.deps)
  const whole = (ids: string[]) => ids.filter((id) => id !== broken)
  expect(actionsSettled).toEqual(whole(['first', 'second', 'fifth']))
  expect(world.refused).toEqual(whole(['first', 'second', 'fifth']).map((id) => `${id} refused`))
  expect(world.ensured).toEqual(whole(['third', 'fourth']))
  expect(world.errors).toEqual([`action ${broken}`])
})
