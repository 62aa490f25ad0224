/** `npm run admin-link`: a new one-time link that signs the first admin in to the running installation. */
import { homeDirectory } from './home.ts'
import { needRunning } from './running.ts'
import { createAdminLink, withDatabase } from './seed.ts'

/** Prints it; resolves to the exit code. @throws StackError `not-running`. */
export async function adminLink(): Promise<number> {
  const { url, databaseUrl } = needRunning(homeDirectory())
  const link = await withDatabase(databaseUrl, (db) => createAdminLink(db, url))
  console.log(`${link}\nIt signs you in, once, within 15 minutes. Links made before it stopped working.`)
  return 0
}
