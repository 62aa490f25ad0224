import { DataError } from '../../data-error.ts'
import type { SourceTest } from '../source.ts'

/** How long the button in the settings waits. */
export const testSeconds = 10

/** The answer of a source's `test`: what `look` found, or what is wrong. */
export async function testConnection(look: () => Promise<string>): Promise<SourceTest> {
  try {
    return { ok: true, detail: await look() }
  } catch (error) {
    if (error instanceof DataError) return { ok: false, message: error.message, fix: error.fix }
    throw error
  }
}
