/** The demo shop as a process. `npm start` runs it; its settings are environment variables (settings.ts). */
import { runShop, type RunningShop } from './run-shop.ts'
import { readSettings, type Settings } from './settings.ts'
import { ShopError } from './shop-error.ts'

const say = (line: string): void => console.log(`${new Date().toISOString()} ${line}`)

let shop: RunningShop | null = null
let ending = false

try {
  const settings = readSettings(process.env)
  endWhenTold(settings)
  shop = await runShop({ ...settings, say })
  say(`shop on ${shop.url}, edge ${shop.edge.kind} on ${shop.edge.trafficUrl}, switched at ${shop.edge.adminAddress}`)
} catch (error) {
  if (!(error instanceof ShopError)) throw error
  console.error(`${error.message}\n${error.fix}`)
  process.exit(1)
}

function endWhenTold({ parent }: Settings): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  if (parent !== null) {
    setInterval(() => {
      if (!isAlive(parent)) end()
    }, 1_000).unref()
  }
}

function end(): void {
  if (ending) return
  ending = true
  // What has only half started ends with the process; the edge's guard ends HAProxy.
  if (!shop) process.exit(0)
  // Whatever hangs must not hold the end back.
  setTimeout(() => process.exit(1), 2_000).unref()
  shop.close().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
