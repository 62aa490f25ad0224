import { expect, test } from 'vitest'
import { EdgeWorld, testScope } from '../../test/edge-world.ts'
import { applyAction } from '../apply-action.ts'
import { revertScope } from './revert-scope.ts'

const breach = { kind: 'harm', detail: 'pay.p99 is 3, above 2' } as const

async function switched() {
  const world = new EdgeWorld()
  const action = await applyAction(
    {
      request: { kind: 'traffic-switch', entity: 'payment', fromZone: 'A', toZone: 'B', leaseSeconds: 1800 },
      ...testScope,
      approvedHash: null,
      approvedBy: null,
    },
    world.deps,
  )
  expect(action.status).toBe('done')
  const stops: (string | null)[] = []
  const revert = (scope: string) =>
    revertScope(scope, breach, {
      actions: world.deps,
      leases: { revertNow: () => Promise.reject(new Error('Temporal is away')) },
      notify: async (_, { stopped }) => void stops.push(stopped),
      onError: () => undefined,
    })
  return { world, action, revert, stops, status: async () => (await world.ledger.get(action.id))?.status }
}

test('what is in effect of the scope is put back, with the breach on its record', async () => {
  const { world, action, revert, status } = await switched()
  expect(await revert(`target:${action.target}`)).toBe(`Put back: ${action.title}.`)
  expect(await status()).toBe('reverted')
  const harm = (await world.ledger.events(action.id)).find(({ kind }) => kind === 'harm')
  expect(harm?.detail).toMatchObject({ detail: breach.detail })
  expect(await revert(`target:${action.target}`)).toMatch(/^Nothing of target:.* is in effect\.$/)
})

test('what is of another scope stays', async () => {
  const { revert, status } = await switched()
  await revert('kind:scale')
  await revert('connection:elsewhere')
  expect(await status()).toBe('done')
})

test('while writes are stopped nothing is sent, and it is not done', async () => {
  const { world, action, revert, status, stops } = await switched()
  world.stop = { by: 'ann', at: 0, reason: 'storm' }
  await expect(revert('kind:traffic-switch')).rejects.toThrow(`Not put back yet: ${action.title}`)
  expect(await status()).toBe('done')
  expect(stops).toEqual(['ann stopped writes: storm'])
  world.stop = null
  await revert('kind:traffic-switch')
  expect(await status()).toBe('reverted')
})
