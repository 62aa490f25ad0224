/** Real servers of a test's own: on a free port of loopback, in a folder of their own, ended with the test. */
import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'

export interface OwnServer {
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

/** @throws Error when it is not ready within 20 s; then it is stopped */
export async function ownServer({
  executable,
  args,
  folder,
  isReady,
}: {
  executable: string
  args: readonly string[]
  folder: string
  isReady(): Promise<boolean>
}): Promise<OwnServer> {
  const child = spawn(executable, args, { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => resolve())
    child.on('error', () => resolve())
  })
  const stop = async () => {
    child.kill()
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await isReady()) return { stop }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await stop()
  throw new Error(`${executable} did not get ready`)
}

/** Whether an HTTP server says of itself, at this address, that it is ready. */
export const answersOk = (url: string): Promise<boolean> =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  )

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
