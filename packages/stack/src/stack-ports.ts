/** The ports of one start: those of the last one, or the usual ones, or the next free ones after them. */
import type { Home } from './home.ts'
import { Ports } from './ports.ts'
import type { StackOptions } from './stack-options.ts'

const USUAL = {
  web: 3000,
  shop: 3100,
  shopTraffic: 3101,
  edgeAdmin: 3102,
  worker: 3103,
  postgres: 5442,
  temporal: 7243,
  metrics: 8438,
  alertmanager: 8493,
  rules: 8480,
} as const

type PortName = keyof typeof USUAL
export type StackPorts = Record<PortName, number>

const names = Object.keys(USUAL) as PortName[]

/** Chooses them one after the other, keeps them in the data folder, and says which had to move. */
export async function choosePorts(home: Home, options: StackOptions): Promise<StackPorts> {
  const ports = new Ports()
  const chosen: StackPorts = { ...USUAL }
  for (const name of names) {
    const host = name === 'web' ? options.host : undefined
    const preferred = preferredPort(name, home, options)
    const { port, moved } = await ports.choose(preferred, host)
    chosen[name] = port
    if (moved) options.report?.note?.(`Port ${preferred} is in use: ${titles[name]} uses ${port}.`)
  }
  if (options.ports === 'kept') home.saveState({ ports: chosen })
  return chosen
}

function preferredPort(name: PortName, home: Home, options: StackOptions): number {
  if (name === 'web' && options.webPort !== undefined) return options.webPort
  return options.ports === 'kept' ? (home.state.ports[name] ?? USUAL[name]) : 0
}

const titles: Record<PortName, string> = {
  web: 'Tenon',
  shop: 'the shop',
  shopTraffic: "the shop's traffic",
  edgeAdmin: "the edge's Runtime API",
  worker: "the worker's health check",
  postgres: 'PostgreSQL',
  temporal: 'Temporal',
  metrics: 'the metrics store',
  alertmanager: 'Alertmanager',
  rules: 'the evaluator of alert rules',
}
