/**
 * Ports: a busy preferred port moves on to the next, and the caller says so. Two parts of one start never get the same one,
 * although neither listens yet while the other is chosen.
 */
import { createServer } from 'node:net'
import { StackError } from './stack-error.ts'

/** How many ports after the preferred one are tried. */
const ATTEMPTS = 50

export interface PortChoice {
  port: number
  /** True when the preferred port was busy. */
  moved: boolean
}

/** Hands out ports that are free now; remembers what it handed out. */
export class Ports {
  readonly #host: string
  readonly #taken = new Set<number>()

  constructor(host = '127.0.0.1') {
    this.#host = host
  }

  /**
   * The preferred port, or the next free one after it. `0` asks the system for any free port.
   *
   * @param host where it will be listened on, when that is not this object's.
   * @throws StackError `port-range-busy` when none of the next 50 is free.
   */
  async choose(preferred: number, host = this.#host): Promise<PortChoice> {
    if (preferred === 0) {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const port = await listenOnce(0, host)
        if (port !== null && this.#take(port)) return { port, moved: false }
      }
    } else {
      for (let port = preferred; port < preferred + ATTEMPTS && port < 65_536; port++) {
        if (this.#taken.has(port)) continue
        if ((await listenOnce(port, host)) !== null && this.#take(port)) {
          return { port, moved: port !== preferred }
        }
      }
    }
    throw new StackError(
      'port-range-busy',
      `No free port from ${preferred} to ${preferred + ATTEMPTS - 1} on ${host}.`,
      'Stop what listens there, or choose another with --port.',
    )
  }

  #take(port: number): boolean {
    if (this.#taken.has(port)) return false
    this.#taken.add(port)
    return true
  }
}

/** Listens for a moment; the port when that worked, null when it is in use or not ours to use. */
function listenOnce(port: number, host: string): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address()
      const found = typeof address === 'object' && address !== null ? address.port : null
      server.close(() => resolve(found))
    })
  })
}
