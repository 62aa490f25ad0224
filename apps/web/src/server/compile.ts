/** The compiler with the catalogue as it is now: the node types of this release, and the runbooks that steps may run. */
import { catalogue } from '@tenon/activities'
import type { Compile, Database } from '@tenon/db'
import { compileRunbook, isCallingRunbooks, type Catalogue } from '@tenon/runbook'

export function createCompile(db: Pick<Database, 'callableRunbooks'>): Compile {
  return async (source) => compileRunbook(source, await catalogueFor(source, db))
}

/** Other runbooks are read only for a text that runs some: the newest published version counts, by the moment. */
async function catalogueFor(source: string, db: Pick<Database, 'callableRunbooks'>): Promise<Catalogue> {
  return isCallingRunbooks(source) ? { ...catalogue, runbooks: await db.callableRunbooks() } : catalogue
}
