/** The shop's environment, parsed once at its edge. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { earlierFaults, type EarlierFault } from './earlier-faults.ts'
import { faultKind } from './fault-kinds.ts'
import { ShopError } from './shop-error.ts'

const port = z.coerce.number().int().min(0).max(65_535).default(0)

const environment = z.object({
  /** Folder of the shop's state, of the edge's configuration and of its log. */
  SHOP_HOME: z.string().min(1).default(join(tmpdir(), 'tenon-shop')),
  /** A VictoriaMetrics (single node). */
  SHOP_STORE_URL: z.url().default('http://127.0.0.1:8428'),
  /** The Prometheus `file_sd` file that the store scrapes by. */
  SHOP_TARGETS_FILE: z.string().min(1).optional(),
  SHOP_PORT: port,
  SHOP_TRAFFIC_PORT: port,
  SHOP_EDGE_ADMIN_PORT: port,
  SHOP_EDGE: z.enum(['auto', 'haproxy', 'builtin']).default('auto'),
  /** What is wrong when the world is first made. */
  SHOP_FAULT: z.union([faultKind, z.literal('none')]).default('none'),
  /** Incidents that the history has, mended long ago: `source-drop@1560m/10m, ...`. */
  SHOP_EARLIER: earlierFaults.prefault(''),
  TENON_URL: z.url().optional(),
  TENON_TOKEN: z.string().min(1).optional(),
  /** The shop ends when that process does. */
  TENON_PARENT: z.coerce.number().int().positive().optional(),
})

export interface Settings {
  home: string
  storeUrl: string
  targetsFile: string
  port: number
  trafficPort: number
  edgeAdminPort: number
  edge: 'auto' | 'haproxy' | 'builtin'
  firstFault: z.infer<typeof faultKind> | null
  earlier: readonly EarlierFault[]
  /** Where changes are posted; null when nobody is told. */
  tenon: { url: string; token: string } | null
  parent: number | null
}

/** @throws ShopError `bad-setting` that names each variable. */
export function readSettings(variables: NodeJS.ProcessEnv): Settings {
  const parsed = environment.safeParse(variables)
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
    throw new ShopError('bad-setting', `The shop's environment is wrong:\n${lines.join('\n')}`, {
      fix: 'Correct these variables; npm start sets all of them.',
    })
  }
  const { data } = parsed
  const { TENON_URL: url, TENON_TOKEN: token } = data
  return {
    home: data.SHOP_HOME,
    storeUrl: data.SHOP_STORE_URL,
    targetsFile: data.SHOP_TARGETS_FILE ?? join(data.SHOP_HOME, 'targets.json'),
    port: data.SHOP_PORT,
    trafficPort: data.SHOP_TRAFFIC_PORT,
    edgeAdminPort: data.SHOP_EDGE_ADMIN_PORT,
    edge: data.SHOP_EDGE,
    firstFault: data.SHOP_FAULT === 'none' ? null : data.SHOP_FAULT,
    earlier: data.SHOP_EARLIER,
    tenon: url && token ? { url: url.replace(/\/+$/, ''), token } : null,
    parent: data.TENON_PARENT ?? null,
  }
}
