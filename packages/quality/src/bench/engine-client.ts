/** Calls the API as a caller with kept connections does, with little work of its own: it shares the machine with what it measures. */
import { Agent, request } from 'node:http'

export interface Answer {
  status: number
  body: unknown
  milliseconds: number
}

export interface Client {
  /** Never throws for what the server says; `status` 0 when it did not answer. */
  call(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<Answer>
  close(): void
}

const patienceMs = 60_000

export function createClient({ url, token }: { url: string; token: string }): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  return {
    call(method, path, body) {
      const began = performance.now()
      const payload = body === undefined ? undefined : JSON.stringify(body)
      const headers = {
        authorization: `Bearer ${token}`,
        ...(payload === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
      }
      return new Promise((resolve) => {
        const end = (status: number, text: string) =>
          resolve({ status, body: parse(text), milliseconds: performance.now() - began })
        const sent = request(`${url}${path}`, { method, agent, headers, timeout: patienceMs }, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => end(response.statusCode ?? 0, Buffer.concat(chunks).toString()))
          response.on('error', (error) => end(0, error.message))
        })
        sent.on('timeout', () => sent.destroy(new Error('no answer in time')))
        sent.on('error', (error) => end(0, error.message))
        sent.end(payload)
      })
    },
    close: () => agent.destroy(),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
