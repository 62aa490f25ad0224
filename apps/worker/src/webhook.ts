/** Posts JSON to a webhook connection. The address and its secret stay in the connection; runbooks know its name. */
import type { Database } from '@tenon/db'
import { StepFailure } from '@tenon/activities'

const timeoutMilliseconds = 10_000

/**
 * @param key makes repeats recognisable to the receiver (header `Idempotency-Key`).
 * @throws StepFailure `unknown-connection`, `webhook-unreachable` (retryable), `webhook-refused` (retryable from 500 on).
 */
export async function postWebhook(
  connections: Database['connections'],
  { connection: name, body, key, signal }: { connection: string; body: unknown; key: string; signal: AbortSignal },
): Promise<{ status: number }> {
  const connection = await connections.get(name)
  if (connection?.kind !== 'webhook') {
    throw new StepFailure({
      code: 'unknown-connection',
      message: connection
        ? `The connection ${name} is not a webhook but ${connection.kind}.`
        : `There is no connection ${name}.`,
      fix: 'Add a webhook connection of this name in Settings, or name another one in the step.',
      retryable: false,
    })
  }
  const secret = await connections.secret(name)
  const response = await send(name, connection.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': key,
      ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
    },
    body: JSON.stringify(body),
    // A redirect would carry the secret to an address that nobody entered.
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMilliseconds)]),
  })
  // The answer is not needed, but a body that nobody reads keeps its socket.
  await response.body?.cancel()
  if (!response.ok) {
    throw new StepFailure({
      code: 'webhook-refused',
      message: `The webhook ${name} answered ${response.status}.`,
      fix: 'Look at the receiver, and at the address and secret of the connection in Settings.',
      retryable: response.status >= 500 || response.status === 429,
    })
  }
  return { status: response.status }
}

async function send(name: string, url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request)
  } catch (cause) {
    throw new StepFailure(
      {
        code: 'webhook-unreachable',
        message: `The webhook ${name} did not answer.`,
        fix: 'Check that the receiver runs and that the connection in Settings has its address.',
        retryable: true,
      },
      { cause },
    )
  }
}
