/**
 * Prisma's schema engine in process, as WebAssembly. The ordinary `prisma migrate` downloads a native engine, which fails behind a firewall;
 * this one comes with npm, reads the same prisma/migrations folder and keeps the same `_prisma_migrations` table, so either can be used.
 */
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg'

// Not `new URL(folder, import.meta.url)`: the web server's bundler takes that for a file to include.
export const prismaFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'prisma')

/** No tables are outside Prisma's care. */
export const everything = { externalTables: [], externalEnums: [] }

type Engine = typeof import('@prisma/schema-engine-wasm/schema_engine_bg')

// TypeScript knows these from the DOM library only, which server packages do not load.
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>
  instantiate(module: object, imports: object): Promise<{ exports: { __wbindgen_start(): void } }>
}

/** Instantiated once a process: the glue code caches views of the first instance's memory. */
let loading: Promise<Engine> | undefined

/** Starts an engine on a database. Call `free()` when done. */
export async function openSchemaEngine(url: string): Promise<SchemaEngine> {
  loading ??= loadEngine()
  const { SchemaEngine } = await loading
  const schema = await readFile(join(prismaFolder, 'schema.prisma'), 'utf8')
  return SchemaEngine.new(
    { datamodels: [['schema.prisma', schema]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: url })),
  )
}

async function loadEngine(): Promise<Engine> {
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg')
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'))
  const compiled = await WebAssembly.compile(await readFile(join(folder, 'schema_engine_bg.wasm')))
  const instance = await WebAssembly.instantiate(compiled, { './schema_engine_bg.js': glue })
  // The package's own entry imports the .wasm as a module, which Node does not do without a flag.
  glue.__wbg_set_wasm(instance.exports as never)
  instance.exports.__wbindgen_start()
  // The engine calls it by this name when it panics; without it the true message is lost.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message(message: string) {
        console.error(`schema engine: ${message}`)
      },
    },
  })
  return glue
}

/** The migrations folder as the engine wants it: whole, in order of name. */
export async function readMigrations(): Promise<MigrationList> {
  const baseDir = join(prismaFolder, 'migrations')
  const entries = await readdir(baseDir, { withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted()
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: await readFile(join(baseDir, 'migration_lock.toml'), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async (path) => ({
        path,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: await readFile(join(baseDir, path, 'migration.sql'), 'utf8') },
        },
      })),
    ),
  }
}
