/**
 * One configuration for the whole tree; run from its root: `npx vitest run -c packages/quality/vitest.config.ts [path]`.
 * unit: `*.test.ts`, no server. integration: `*.integration.test.ts`, on real PostgreSQL, Temporal and VictoriaMetrics that
 * `integration-setup.ts` starts once for all of them.
 */
import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('../..', import.meta.url))
const exclude = [...configDefaults.exclude, '**/.next/**', '**/.data/**', 'e2e/**']

export default defineConfig({
  root,
  test: {
    // Two cores are the machine that everything must run on: more processes only take turns.
    maxWorkers: 2,
    projects: [
      {
        root,
        test: {
          name: 'unit',
          include: ['{apps,packages}/**/*.test.{ts,tsx}', 'demo/**/*.test.ts'],
          exclude: [...exclude, '**/*.integration.test.ts'],
          testTimeout: 10_000,
        },
      },
      {
        root,
        test: {
          name: 'integration',
          include: ['{apps,packages}/**/*.integration.test.ts', 'demo/**/*.integration.test.ts'],
          exclude,
          globalSetup: [fileURLToPath(new URL('./src/integration-setup.ts', import.meta.url))],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
