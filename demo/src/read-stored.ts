import { readFile } from 'node:fs/promises'
import type * as z from 'zod'
import { ShopError } from './shop-error.ts'

/**
 * What the shop wrote to a JSON file before; null when there is no such file.
 *
 * @throws ShopError `bad-state` that names the file
 */
export async function readStored<T>(file: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new ShopError('bad-state', `The shop's file ${file} cannot be read.`, {
      fix: 'Remove it; the shop then begins as if for the first time.',
      cause,
    })
  }
}
