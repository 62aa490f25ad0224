import { discoverableKinds } from '@tenon/data'
import { procedure, router } from './trpc.ts'

const discoverable: ReadonlySet<string> = new Set(discoverableKinds)

export const catalogueRouter = router({
  /** The node types, and what the short pickers of their forms offer; entities and measures are found by `data.search`. */
  get: procedure.query(async ({ ctx }) => {
    const { data, db, catalogue } = ctx.services
    const [{ model }, connections, runbooks] = await Promise.all([data(), db.connections.list(), db.callableRunbooks()])
    const zones = new Set(model.entities.flatMap(({ attributes }) => attributes['zone'] ?? []))
    return {
      nodeTypes: catalogue.nodeTypes,
      runbooks,
      picks: {
        chains: model.chains.map(({ id, title }) => ({ id, title })),
        zones: [...zones].toSorted(),
        connections: connections.map(({ name, kind }) => ({ name, kind, canDiscover: discoverable.has(kind) })),
      },
    }
  }),
})
