/** A Temporal server of a test's own, which can be ended and started again with all that it knew. */
import { findTool, Ports, Supervisor, temporalAddress, temporalPart, temporalTool } from '@tenon/stack'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface OwnTemporal {
  address: string
  /** Resolves when it takes work; at once when it does. */
  start(): Promise<void>
  /** Resolves when its process is gone. */
  end(): Promise<void>
  /** Ends it and forgets all. */
  close(): Promise<void>
}

export async function ownTemporal(): Promise<OwnTemporal> {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-temporal-'))
  const { path: executable } = await findTool(temporalTool, { say: (line) => console.error(line) })
  const { port } = await new Ports().choose(0)
  const part = { ...temporalPart({ executable, port, databaseFile: join(folder, 'temporal.db') }), restart: false }
  let running: Supervisor | null = null
  const end = async (): Promise<void> => {
    await running?.stop()
    running = null
  }
  return {
    address: temporalAddress({ port }),
    async start() {
      if (running) return
      running = new Supervisor({ logDirectory: join(folder, 'logs') })
      await running.start(part)
    },
    end,
    async close() {
      await end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
