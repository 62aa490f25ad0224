/** What the test of a database connection says. */
import { DataError } from '../../data-error.ts'
import type { SourceTest } from '../source.ts'

export interface Access {
  /** What it calls itself. */
  title: string
  version: string
  /** Tables and views that are there, and that may be read. */
  tables: number
  readable: number
  /** By what the user could change something; null when it cannot. */
  canWrite: string | null
}

export async function testing(look: () => Promise<Access>): Promise<SourceTest> {
  try {
    const { title, version, tables, readable, canWrite } = await look()
    if (tables > 0 && readable === 0)
      return {
        ok: false,
        message: `${title} ${version} answers, but the user may read none of its ${tables} tables.`,
        fix: 'Grant SELECT to the user of the connection; docs/connect.md has the statements.',
      }
    const count = tables === 0 ? 'it has no tables that the user sees' : `${readable} tables and views can be read`
    const warning =
      canWrite === null
        ? ''
        : ` The user can also write (${canWrite}); Tenon never does, but a user that can only read is safer.`
    return { ok: true, detail: `${title} ${version} answers; ${count}.${warning}` }
  } catch (error) {
    if (error instanceof DataError) return { ok: false, message: error.message, fix: error.fix }
    throw error
  }
}
