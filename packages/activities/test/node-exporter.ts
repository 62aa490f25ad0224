/** What a node exporter says: of a real one where it is installed, else as it was recorded. */
import { spawn } from 'node:child_process'
import { access, constants, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'

export async function nodeExporterText(): Promise<string> {
  const binary = await findExporter()
  if (binary === null) return readFile(new URL('recorded/node-exporter.txt', import.meta.url), 'utf8')
  const port = await freePort()
  const child = spawn(binary, [`--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  try {
    return await scraped(`http://127.0.0.1:${port}/metrics`)
  } finally {
    child.kill()
    await ended
  }
}

async function findExporter(): Promise<string | null> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
  for (const folder of folders)
    for (const name of ['prometheus-node-exporter', 'node_exporter']) {
      const path = join(folder, name)
      const isThere = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
      if (isThere) return path
    }
  return null
}

async function scraped(url: string): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    const answer = await fetch(url).catch(() => null)
    if (answer?.ok) return answer.text()
    if (attempt > 100) throw new Error('the node exporter does not answer')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
