import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { modelJsonSchema } from './model-schema.ts'

it('is what docs/model.schema.json says', async () => {
  const text = `${JSON.stringify(modelJsonSchema(), null, 2)}\n`
  await expect(text).toMatchFileSnapshot(fileURLToPath(new URL('../../../../docs/model.schema.json', import.meta.url)))
})
