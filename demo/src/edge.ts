/** The edge: what every hop goes through. It balances by weight, limits rates, and can be switched from outside. */
import type { Host } from './world.ts'

export interface EdgeTarget {
  host: Host
  port: number
}

export interface EdgeOptions {
  /** All hosts; a backend is named by its service, a server by its host. */
  targets: readonly EdgeTarget[]
  /** 0 takes free ones. */
  trafficPort: number
  adminPort: number
  /** What callers of the shop's own edge must bring as a bearer token; none when left out. */
  adminToken?: string
}

export interface Edge {
  kind: 'haproxy' | 'http-edge'
  /** Requests go to `<trafficUrl>/<service>/...`. */
  trafficUrl: string
  /** What a connection in the product needs: `tcp://host:port` (Runtime API) or `http://host:port`. */
  adminAddress: string
  /** Its own metrics, when it has some. */
  metrics: { port: number; path: string; params: Record<string, string> } | null
  close(): Promise<void>
}

/** `round robin` begins with equal weights. */
export const FULL_WEIGHT = 100
