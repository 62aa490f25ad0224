/** The data service as one run has it: all its questions are counted together, and end when its step does. */
import type { RunScope } from '../planner/run-scope.ts'
import type { DataOptions, DataService } from './service.ts'

export function dataOfRun(data: DataService, of: { scope: RunScope; signal: AbortSignal }): DataService {
  const within = <T extends DataOptions>(options: T): T & DataOptions => ({
    ...options,
    scope: of.scope,
    signal: options.signal ? AbortSignal.any([of.signal, options.signal]) : of.signal,
  })
  return {
    model: data.model,
    entity: (query) => data.entity(query),
    relation: (query) => data.relation(query),
    data: (query, options = {}) => data.data(query, within(options)),
    compute: (ask, options = {}) => data.compute(ask, within(options)),
  }
}
