import { expect, it } from 'vitest'
import { createDataService } from './create-data-service.ts'
import { dataOfRun } from './data-of-run.ts'
import { modelFile } from '../model/model.ts'
import { createRunScope } from '../planner/run-scope.ts'
import type { DataOptions, DataService } from './service.ts'

const model = modelFile.parse({ tenonModel: 1, entities: [{ id: 'pay', kind: 'service' }] })
const query = { measure: 'a.b', from: 0, to: 1, stepSeconds: 1, asOf: 1 }

it('asks everything for the run, until its step ends', async () => {
  const given: DataOptions[] = []
  const service: DataService = {
    ...createDataService({ model, sources: async () => null }),
    async data(_, options = {}) {
      given.push(options)
      throw new Error('asked')
    },
  }
  const [step, caller] = [new AbortController(), new AbortController()]
  const scope = createRunScope('run-1')
  const data = dataOfRun(service, { scope, signal: step.signal })
  expect(data.model).toBe(model)
  expect(await data.entity({ kind: 'service' })).toHaveLength(1)
  await expect(data.data(query)).rejects.toThrow('asked')
  await expect(data.data(query, { signal: caller.signal })).rejects.toThrow('asked')
  expect(given.map((options) => options.scope)).toEqual([scope, scope])
  step.abort()
  expect(given.map(({ signal }) => signal?.aborted)).toEqual([true, true])
})
