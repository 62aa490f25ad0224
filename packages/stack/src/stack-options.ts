import type { SupervisorEvent } from './supervisor.ts'

/** How to start everything on one machine. */
export interface StackOptions {
  /** Data folder; made when it is missing. See `homeDirectory`. */
  home: string
  /** Empties the folder first. Refused for a folder that Tenon did not make. */
  reset?: boolean
  /** `kept`: the ports of the last start, or the usual ones. `free`: any free ones, for tests that run side by side. Default `free`. */
  ports?: 'kept' | 'free'
  /** Wanted port of the web pages; the next free one is taken when it is busy. */
  webPort?: number
  /** Where the web pages listen. Everything else listens on loopback only. Default 127.0.0.1. */
  host?: string
  /** The demo shop, its metrics, its runbooks. Default true. */
  demo?: boolean
  /** What is wrong in the shop when its world is first made; a fault kind or `none`. Default `none`. */
  fault?: string
  /** Incidents that the shop's history has, mended long ago: `source-drop@1560m/10m, bad-change@1800m/12m:0.5`. */
  earlier?: string
  edge?: 'auto' | 'haproxy' | 'builtin'
  /** Pages are compiled as they are asked for and reloaded as they are edited. Default false. */
  dev?: boolean
  /** DATABASE_URL, TEMPORAL_ADDRESS, TENON_METRICS_URL and TENON_ALERTMANAGER_URL in it are used instead of own servers. Default process.env. */
  environment?: NodeJS.ProcessEnv
  report?: StackReport
  /** Gives up a start that is under way. */
  signal?: AbortSignal
}

/** Told how a start goes on. */
export interface StackReport {
  began?: (part: string) => void
  /** `detail` says where the part came from. */
  ready?: (part: string, milliseconds: number, detail: string) => void
  note?: (line: string) => void
  event?: (event: SupervisorEvent) => void
}

/** Everything on one machine, running. */
export interface Stack {
  /** Of the web pages, without a slash at the end. */
  url: string
  /** Signs the first admin in, once, within 15 minutes. */
  adminLink: string
  /** The shop's page and control API; null without the demo. */
  shopUrl: string | null
  edge: { kind: 'haproxy' | 'http-edge'; adminAddress: string } | null
  databaseUrl: string
  temporalAddress: string
  /** Null without the demo, unless TENON_METRICS_URL is set. */
  metricsUrl: string | null
  /** The demo's Alertmanager; null without the demo, and while its tools are missing. */
  alertmanagerUrl: string | null
  /** An API token with the role operator; null without the demo. */
  apiToken: string | null
  /** Process ids by part: postgres, temporal, victoria-metrics, shop, alertmanager, vmalert, worker, web. */
  readonly pids: Record<string, number>
  /** Kills a part as a crash would (SIGKILL); it is started again. Resolves once it is gone. */
  kill: (part: string) => Promise<void>
  /** Stops every part in reverse order of start. */
  stop: () => Promise<void>
  /** Stops at once, without asking. */
  abandon: () => void
}
