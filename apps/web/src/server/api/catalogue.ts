import { procedure, router } from './trpc.ts'

export const catalogueRouter = router({
  /** The node types, and what the pickers of their forms offer. */
  get: procedure.query(async ({ ctx }) => {
    const [{ model }, connections] = await Promise.all([ctx.services.data(), ctx.services.db.connections.list()])
    const zones = new Set(model.entities.flatMap(({ attributes }) => attributes['zone'] ?? []))
    return {
      nodeTypes: ctx.services.catalogue.nodeTypes,
      picks: {
        chains: model.chains.map(({ id, title }) => ({ id, title })),
        entities: model.entities.map(({ id, title, kind }) => ({ id, title: title ?? id, kind })),
        zones: [...zones].toSorted(),
        measures: Object.entries(model.tables).flatMap(([table, { measures }]) =>
          Object.entries(measures).map(([name, { title, unit }]) => ({ id: `${table}.${name}`, title, unit })),
        ),
        connections: connections.map(({ name, kind }) => ({ name, kind })),
      },
    }
  }),
})
