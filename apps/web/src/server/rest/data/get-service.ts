import { serviceSchema } from '@tenon/data'
import * as z from 'zod'
import { findPlace, serviceView } from '../../data/service-view.ts'
import { defineOperation } from '../operation.ts'
import { reference, serviceSchemaOfApi } from './data-schemas.ts'

export const getDataService = defineOperation({
  id: 'getDataService',
  method: 'GET',
  path: '/api/v1/data/services/{ref}',
  summary: 'Get a data service',
  description: 'What a measure is, how it can be asked, where it comes from and which runbooks use it.',
  role: 'viewer',
  params: z.strictObject({ ref: reference }),
  responses: { 200: { description: 'The service.', schema: serviceSchemaOfApi } },
  errors: { 'unknown-measure': 'The model has no such measure.' },
  async handler({ params: { ref }, services, reply }) {
    const { model } = await services.data()
    const view = await serviceView(services, ref)
    return reply(200, { ...view, schema: serviceSchema(model, findPlace(model, ref)) })
  },
})
