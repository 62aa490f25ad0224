/** The published JSON Schema of a model's files: editors complete and check by it. */
import * as z from 'zod'
import { rawFile } from './model-text.ts'

export function modelJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(rawFile, { io: 'input', target: 'draft-7', reused: 'ref' }),
    title: 'A file of a Tenon model',
    description: 'Files of a folder are one model; what is written here is laid over what discovery wrote.',
  }
}
