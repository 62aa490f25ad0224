/** What a fresh installation holds: connections to the demo, its runbooks, a token for the shop. Nothing that people changed is touched. */
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { catalogue } from '@tenon/activities'
import { type ConnectionKind, type Database, openDatabase, secretBoxFromEnvironment, seedRunbook } from '@tenon/db'
import { compileRunbook } from '@tenon/runbook'
import { repository } from './home.ts'
import { StackError } from './stack-error.ts'

export { migrate } from '@tenon/db/migrate'

/** Who the ledger and the runbooks name as the author of what came with the demo. */
const SEED = 'demo'
/** The connection to the demo's Alertmanager; that of its webhook's secret. */
export const ALERTS = 'shop-alerts'
const ALERT_HOOK = `${ALERTS}-hook`
/** The runbook and its webhook that the demo's Alertmanager tells. */
export const ALERT_TRIGGER = 'alert-triage/alertmanager'
const SHOP_USER = 'shop@demo.invalid'

/** Runs `work` on an open database and closes it. The key's file is needed where `work` reads or saves a secret. */
export async function withDatabase<T>(
  url: string,
  work: (db: Database) => Promise<T>,
  encryptionKeyFile?: string,
): Promise<T> {
  // As the web server and the worker read it: a key in the environment wins.
  const secretBox = encryptionKeyFile
    ? secretBoxFromEnvironment({ ...process.env, TENON_ENCRYPTION_KEY_FILE: encryptionKeyFile })
    : undefined
  const db = openDatabase(url, { connections: 2, ...(secretBox ? { secretBox } : {}) })
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}

/**
 * Publishes demo/runbooks/*.yaml and the templates of packages/activities/packs/incident, each unless people changed it. Where both have
 * a name, the demo's acts on the demo's edge and is the one that is published.
 *
 * @returns the names of those that were published now.
 * @throws StackError `bad-runbook` when one does not compile, with its problems.
 */
export async function seedRunbooks(db: Database): Promise<string[]> {
  const published: string[] = []
  for (const path of await runbookFiles()) {
    const source = await readFile(join(repository, path), 'utf8')
    const seeded = await seedRunbook(db, { source, by: SEED }, (text) => compileRunbook(text, catalogue))
    if (!seeded.ok) {
      const lines = seeded.problems.map(({ path, message, fix }) => `  ${path.join('.')}: ${message} ${fix}`)
      throw new StackError('bad-runbook', `${path} does not compile:\n${lines.join('\n')}`, 'Correct it.')
    }
    if (!('unchanged' in seeded)) published.push(basename(path, '.yaml'))
  }
  return published
}

async function runbookFiles(): Promise<string[]> {
  const [demo = [], templates = []] = await Promise.all(
    ['demo/runbooks', 'packages/activities/packs/incident'].map(async (folder) =>
      (await readdir(join(repository, folder)))
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => `${folder}/${name}`),
    ),
  )
  const own = new Set(demo.map((path) => basename(path)))
  return [...demo, ...templates.filter((path) => !own.has(basename(path)))].toSorted()
}

/** The shop's API token: `existing` while it still works, else a new one. */
export async function shopToken(db: Database, existing: string | undefined): Promise<string> {
  if (existing && (await db.tokens.authenticate(existing))) return existing
  const users = await db.users.list()
  const user =
    users.find(({ email }) => email === SHOP_USER) ??
    (await db.users.create({ name: 'Demo shop', email: SHOP_USER, role: 'operator' }))
  const made = await db.tokens.create({ name: 'Demo shop', role: 'operator', userId: user.id, expiresAt: null })
  return made.token
}

/** A connection whose address this start chose; its secret, if people gave it one, is kept. */
export async function saveConnection(
  db: Database,
  connection: { name: string; kind: ConnectionKind; url: string },
): Promise<void> {
  const existing = await db.connections.get(connection.name)
  if (existing?.kind === connection.kind && existing.url === connection.url) return
  await db.connections.save(connection)
}

/** The secret that the demo's Alertmanager shows when it tells of alerts: the one that is kept, or a new one. */
export async function alertHookSecret(db: Database): Promise<string> {
  const existing = await db.connections.get(ALERT_HOOK)
  const kept = existing?.kind === 'hook' && existing.hasSecret ? await db.connections.secret(ALERT_HOOK) : null
  if (kept !== null) return kept
  const secret = randomBytes(32).toString('hex')
  await db.connections.save({ name: ALERT_HOOK, kind: 'hook', url: '', secret })
  return secret
}

/** The address that signs the first admin in, once, within 15 minutes. Earlier ones stop working. */
export async function createAdminLink(db: Database, url: string): Promise<string> {
  const { token } = await db.invitations.createStartLink()
  return `${url}/welcome?token=${encodeURIComponent(token)}`
}
