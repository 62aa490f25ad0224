/** Request bodies as JSON, bounded. */
import type { IncomingMessage } from 'node:http'

/** The parsed body; undefined when it is longer than `limit` bytes or not JSON, which every schema then refuses. */
export async function readBody(request: IncomingMessage, limit: number): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > limit) return undefined
    chunks.push(chunk as Buffer)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return undefined
  }
}
