/** Whether a webhook's request comes from who knows the shared secret. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { WebhookTrigger } from '@tenon/runbook'

export interface SignedRequest {
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>
  body: Buffer
}

export type HookSender =
  /** `signature` is over the body; null where the sender cannot sign. */
  | { ok: true; signature: string | null }
  | { ok: false; code: 'signature-missing' | 'signature-wrong' | 'timestamp-bad'; message: string; fix: string }

/** How far the sender's clock may be from ours: a request that is older may have been recorded by someone. */
export const toleranceSeconds = 300

/**
 * Tenon's own signature everywhere (`x-tenon-timestamp`: unix seconds, `x-tenon-signature`: `v1=` and the hex of HMAC-SHA256 over `<timestamp>.<body>`);
 * GitHub's (`x-hub-signature-256`) for its format; and for Alertmanager, which cannot sign, the secret itself as a bearer token.
 *
 * @param options.now unix milliseconds.
 */
export function checkHookSender(
  { headers, body }: SignedRequest,
  { format, secret, now }: { format: WebhookTrigger['format']; secret: string; now: number },
): HookSender {
  const own = headers['x-tenon-signature']
  if (own !== undefined) return checkOwn({ headers, body, given: own }, { secret, now })
  if (format === 'github' && headers['x-hub-signature-256'] !== undefined) {
    const wanted = `sha256=${hmac(secret, body)}`
    const given = headers['x-hub-signature-256']
    return isSame(given, wanted) ? { ok: true, signature: wanted } : wrongSignature
  }
  const bearer = /^bearer +(\S+)$/i.exec(headers['authorization'] ?? '')?.[1]
  if (format === 'alertmanager' && bearer !== undefined) {
    return isSame(bearer, secret) ? { ok: true, signature: null } : wrongSignature
  }
  return {
    ok: false,
    code: 'signature-missing',
    message: 'The request is not signed.',
    fix: `Send ${howTo[format]}.`,
  }
}

const howTo: Record<WebhookTrigger['format'], string> = {
  alertmanager:
    'the secret as a bearer token (http_config.authorization.credentials), or X-Tenon-Timestamp and X-Tenon-Signature',
  cloudevents: 'X-Tenon-Timestamp and X-Tenon-Signature',
  github: 'X-Hub-Signature-256: set the secret in the webhook’s settings on GitHub',
  generic: 'X-Tenon-Timestamp and X-Tenon-Signature',
}

function checkOwn(
  { headers, body, given }: SignedRequest & { given: string },
  { secret, now }: { secret: string; now: number },
): HookSender {
  const timestamp = headers['x-tenon-timestamp'] ?? ''
  const seconds = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN
  const wanted = `v1=${hmac(secret, Buffer.concat([Buffer.from(`${timestamp}.`), body]))}`
  // The signature first: a stranger learns nothing about our clock.
  if (!isSame(given, wanted)) return wrongSignature
  if (Math.abs(now / 1000 - seconds) <= toleranceSeconds) return { ok: true, signature: wanted }
  return {
    ok: false,
    code: 'timestamp-bad',
    message: Number.isNaN(seconds)
      ? 'X-Tenon-Timestamp is no unix time in seconds.'
      : `X-Tenon-Timestamp is more than ${toleranceSeconds / 60} minutes away from the server's clock.`,
    fix: 'Sign each request when it is sent, with a clock that is right.',
  }
}

const wrongSignature: HookSender = {
  ok: false,
  code: 'signature-wrong',
  message: 'The signature or token is not the one of this webhook’s secret.',
  fix: 'Sign the body exactly as it is sent, with the secret of the connection that the trigger names.',
}

const hmac = (secret: string, data: Buffer): string => createHmac('sha256', secret).update(data).digest('hex')

/** Compared in constant time, over digests because lengths may differ. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', 'same').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}
