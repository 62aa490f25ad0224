/**
 * Writes the next migration: the difference between the schema of the newest migration and prisma/schema.prisma.
 *
 *   DATABASE_URL=... node packages/db/src/make-migration.ts add-teams
 *
 * Each migration keeps a copy of the schema it led to, and the two schemas are compared. The engine's own way, replaying all migrations
 * in a shadow database, cannot read PostgreSQL's catalogue through the driver adapter ("Column type 'char'"). The engine still wants
 * to connect, to learn the server's version; nothing is written there.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { everything, openSchemaEngine, prismaFolder, readMigrations } from './schema-engine.ts'

const [name] = process.argv.slice(2)
const url = process.env['DATABASE_URL']
if (!name || !/^[a-z0-9_-]+$/.test(name) || !url) {
  console.error('Usage: DATABASE_URL=postgres://... node packages/db/src/make-migration.ts <name-in-lower-case>')
  process.exit(2)
}

const schema = (content: string) => ({
  tag: 'schemaDatamodel' as const,
  files: [{ path: 'schema.prisma', content }],
})
const wanted = await readFile(join(prismaFolder, 'schema.prisma'), 'utf8')
const newest = (await readMigrations()).migrationDirectories.at(-1)
const engine = await openSchemaEngine(url)
const { stdout } = await engine.diff({
  from: newest
    ? schema(await readFile(join(prismaFolder, 'migrations', newest.path, 'schema.prisma'), 'utf8'))
    : { tag: 'empty' },
  to: schema(wanted),
  script: true,
  exitCode: null,
  filters: everything,
})
if (!stdout || stdout.includes('This is an empty migration')) {
  console.log('prisma/schema.prisma holds nothing that prisma/migrations does not.')
} else {
  const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)
  const folder = join(prismaFolder, 'migrations', `${stamp}_${name}`)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'migration.sql'), stdout)
  await writeFile(join(folder, 'schema.prisma'), wanted)
  console.log(`Wrote ${folder}/migration.sql`)
}
