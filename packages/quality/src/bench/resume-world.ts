/** The world of the resume bench: the whole stack before an edge that counts, and its runbooks. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { root } from '../run-program.ts'
import { startCountingEdge, type CountingEdge } from './resume-edge.ts'
import { openStackWorld, type StackWorld } from './stack-world.ts'

export interface ResumeWorld extends StackWorld {
  edge: CountingEdge
  hookSecret: string
}

/** Each has its own lane of switches: one action at a time may be in flight on a target. */
export const lanes = ['payment', 'trade-create', 'cashier-render'] as const
export const leaseSeconds = 10

const switching = `tenon: 1
name: resume-switch
title: Switch and wait
params:
  entity: { type: string }
nodes:
  before: { type: steer.wait, with: { for: 1s } }
  switch: { type: act.traffic-switch, with: { entity: "\${params.entity}", fromZone: A, toZone: B, lease: ${leaseSeconds}s } }
  after: { type: steer.wait, with: { for: 1s } }
edges:
  - { from: before, on: done, to: switch }
  - { from: switch, on: always, to: after }
onFailure: keep
`

const waiting = `tenon: 1
name: resume-wait
title: Wait and count
triggers:
  hook: { kind: webhook, format: generic, secret: resume-hook }
nodes:
  first: { type: steer.set-values, with: { values: { value: 1 } } }
  pause: { type: steer.wait, with: { for: 2s } }
  last: { type: steer.set-values, with: { values: { value: 2 } } }
edges:
  - { from: first, on: done, to: pause }
  - { from: pause, on: done, to: last }
`

export async function openResumeWorld(say: (line: string) => void): Promise<ResumeWorld> {
  const edge = await startCountingEdge(lanes)
  const hookSecret = randomBytes(24).toString('hex')
  const world = await openStackWorld({
    // Whose hosts the edge has.
    model: join(root, 'demo', 'model'),
    connections: [
      { name: 'shop-edge', kind: 'http-edge', url: edge.address },
      { name: 'resume-hook', kind: 'hook', url: '', secret: hookSecret },
    ],
    say,
  }).catch(async (error: unknown) => {
    await edge.close()
    throw error
  })
  return {
    ...world,
    edge,
    hookSecret,
    async close() {
      await Promise.all([world.close(), edge.close()])
    },
  }
}

/** Publishes the bench's runbooks. */
export async function publishRunbooks({ publish }: ResumeWorld): Promise<void> {
  await publish('resume-switch', switching)
  await publish('resume-wait', waiting)
}
