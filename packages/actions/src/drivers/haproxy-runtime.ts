/** HAProxy's Runtime API: one command a connection, over TCP or a unix socket, answered by text until the end of the stream. */
import { connect, type NetConnectOpts } from 'node:net'
import { ActionError } from '../action-error.ts'

/** More than 2,000 servers' states; an answer beyond it is not one that we asked for. */
const LARGEST_ANSWER = 4 * 1024 * 1024

/**
 * Sends one command and gives its answer.
 *
 * @param address `tcp://host:port` or `unix:///path/to/socket`.
 * @throws ActionError `target-unreachable`, `bad-answer`, `bad-request` (address or command not well formed).
 */
export function haproxyCommand(
  address: string,
  command: string,
  options: { timeoutMs: number; signal?: AbortSignal },
): Promise<string> {
  // A newline or semicolon would begin a second command.
  if (/[\r\n;]/.test(command))
    return Promise.reject(
      new ActionError('bad-request', 'A Runtime API command must be one line without ";".', {
        fix: 'Check the names in the model.',
      }),
    )
  return new Promise((resolve, reject) => {
    const socket = connect(connectOptions(address))
    const chunks: Buffer[] = []
    let size = 0
    const fail = (reason: string, cause?: unknown): void => {
      socket.destroy()
      reject(
        new ActionError('target-unreachable', `HAProxy at ${address} ${reason}.`, {
          fix: 'Check that HAProxy runs and that the connection in Settings names its "stats socket" of level admin.',
          cause,
        }),
      )
    }
    const onAbort = (): void => fail('was not waited for: the step was cancelled')
    options.signal?.addEventListener('abort', onAbort, { once: true })
    if (options.signal?.aborted) onAbort()
    const timer = setTimeout(() => fail(`did not answer within ${options.timeoutMs / 1000} s`), options.timeoutMs)
    socket.on('connect', () => socket.write(`${command}\n`))
    socket.on('data', (chunk) => {
      size += chunk.length
      if (size > LARGEST_ANSWER) fail('answered more than 4 MiB')
      else chunks.push(chunk)
    })
    socket.on('error', (error) => fail(`could not be reached (${error.message})`, error))
    socket.on('end', () => {
      const answer = Buffer.concat(chunks).toString('utf8')
      // Even "done" is an empty line: a stream that ends without one was cut, and whether the command was taken is not known.
      if (answer.endsWith('\n')) resolve(answer)
      else fail('ended the connection before it had answered')
    })
    socket.on('close', () => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', onAbort)
    })
  })
}

function connectOptions(address: string): NetConnectOpts {
  if (!URL.canParse(address)) throw badAddress(address)
  const url = new URL(address)
  if (url.protocol === 'unix:') return { path: decodeURIComponent(url.pathname) }
  if (url.protocol === 'tcp:' && url.port) return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) }
  throw badAddress(address)
}

function badAddress(address: string): ActionError {
  return new ActionError('bad-request', `"${address}" is not the address of a Runtime API.`, {
    fix: 'Write tcp://127.0.0.1:9999 or unix:///run/haproxy/admin.sock.',
  })
}
