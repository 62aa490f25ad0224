/** The product's own processes, and the shop of the demo, as parts for the supervisor. */
import { dirname, join } from 'node:path'
import { createShopClient } from '@tenon/demo'
import { repository } from './home.ts'
import type { PartSpec } from './supervisor.ts'

/** What the web server and the worker have in common. */
export interface AppEnvironment {
  databaseUrl: string
  temporalAddress: string
  modelDirectory: string
  encryptionKeyFile: string
  /** As browsers see it. */
  publicUrl: string
}

/** @param options.port of the worker's own health check; `buildsDirectory` keeps workflow code for the runs that began with it. */
export function workerPart(app: AppEnvironment, options: { port: number; buildsDirectory?: string }): PartSpec {
  const source = join(repository, 'apps', 'worker', 'src')
  return {
    name: 'worker',
    command: process.execPath,
    args: ['--require', join(source, 'no-promise-stacks.cjs'), join(source, 'main.ts')],
    env: {
      ...variables(app),
      TENON_WORKER_PORT: String(options.port),
      ...(options.buildsDirectory ? { TENON_BUILDS_DIR: options.buildsDirectory } : {}),
    },
    ready: answers(`http://127.0.0.1:${options.port}/healthz`),
    restart: true,
  }
}

/** @param options.host where it listens. */
export function webPart(app: AppEnvironment, options: { host: string; port: number; dev: boolean }): PartSpec {
  const { host, port } = options
  return {
    name: 'web',
    command: process.execPath,
    args: [join(repository, 'apps', 'web', 'src', 'main.ts')],
    cwd: join(repository, 'apps', 'web'),
    env: {
      ...variables(app),
      NODE_ENV: options.dev ? 'development' : 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      HOST: host,
      PORT: String(port),
    },
    ready: answers(`http://${reachable(host)}:${port}/readyz`),
    // The first page of `next dev` is compiled when it is asked for.
    readyTimeoutMs: options.dev ? 180_000 : 60_000,
    restart: true,
  }
}

export interface ShopOptions {
  directory: string
  port: number
  trafficPort: number
  edgeAdminPort: number
  edge: 'auto' | 'haproxy' | 'builtin'
  storeUrl: string
  targetsFile: string
  tenonUrl: string
  tenonToken: string
  fault: string
  earlier?: string
}

export function shopPart(options: ShopOptions): PartSpec {
  return {
    name: 'shop',
    command: process.execPath,
    args: [join(repository, 'demo', 'src', 'main.ts')],
    env: {
      SHOP_HOME: options.directory,
      SHOP_PORT: String(options.port),
      SHOP_TRAFFIC_PORT: String(options.trafficPort),
      SHOP_EDGE_ADMIN_PORT: String(options.edgeAdminPort),
      SHOP_EDGE: options.edge,
      SHOP_STORE_URL: options.storeUrl,
      SHOP_TARGETS_FILE: options.targetsFile,
      SHOP_FAULT: options.fault,
      SHOP_EARLIER: options.earlier ?? '',
      TENON_URL: options.tenonUrl,
      TENON_TOKEN: options.tenonToken,
      TENON_PARENT: String(process.pid),
    },
    ready: async () => (await createShopClient(`http://127.0.0.1:${options.port}`).health()).ready,
    // Two weeks of history are written at the first start.
    readyTimeoutMs: 180_000,
    restart: true,
  }
}

/** An address to reach a listener by: a wildcard is not one. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

function variables(app: AppEnvironment): Record<string, string> {
  return {
    DATABASE_URL: app.databaseUrl,
    TEMPORAL_ADDRESS: app.temporalAddress,
    TENON_MODEL_DIR: app.modelDirectory,
    TENON_ENCRYPTION_KEY_FILE: app.encryptionKeyFile,
    TENON_PUBLIC_URL: app.publicUrl,
    // Beside the key: `touch` of it stops all writes though everything else is away.
    TENON_STOP_FILE: process.env['TENON_STOP_FILE'] ?? join(dirname(app.encryptionKeyFile), 'STOP-WRITES'),
    TENON_PARENT: String(process.pid),
  }
}

function answers(url: string): () => Promise<boolean> {
  return async () => (await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok
}
