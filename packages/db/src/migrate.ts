import { everything, openSchemaEngine, readMigrations } from './schema-engine.ts'

/**
 * Brings a database up to prisma/migrations. Applied ones are skipped, so it may run at each start.
 *
 * @returns the names of the migrations that were applied now.
 */
export async function migrate(url: string): Promise<string[]> {
  const engine = await openSchemaEngine(url)
  try {
    const migrationsList = await readMigrations()
    if (migrationsList.migrationDirectories.length === 0) throw new Error(`No migrations in ${migrationsList.baseDir}.`)
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: everything })
    return appliedMigrationNames
  } finally {
    engine.free()
  }
}
