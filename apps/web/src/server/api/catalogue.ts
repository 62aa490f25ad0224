import { procedure, router } from './trpc.ts'

export const catalogueRouter = router({
  /** The node types, and what the pickers of their forms offer. */
  get: procedure.query(async ({ ctx }) => {
    const { data, db, catalogue } = ctx.services
    const [{ model }, connections, runbooks] = await Promise.all([data(), db.connections.list(), db.callableRunbooks()])
    const zones = new Set(model.entities.flatMap(({ attributes }) => attributes['zone'] ?? []))
    return {
      nodeTypes: catalogue.nodeTypes,
      runbooks,
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
