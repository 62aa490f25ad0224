/**
 * Secrets at rest: AES-256-GCM with a key that is not in the database. A ciphertext names the key it was made with, so that a wrong key is
 * told apart from a damaged text, and is bound to its owner, so that it cannot be moved to another row.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { DbError } from './db-error.ts'

export interface SecretBox {
  /** @param owner what the secret belongs to, e.g. `connection:shop-edge`; needed again to open it. */
  seal(text: string, owner: string): string
  /** @throws DbError `secret-unreadable`. */
  open(sealed: string, owner: string): string
  /** Another key from the same root, for one named purpose (e.g. signing sessions), base64. */
  derive(purpose: string): string
}

const format = 'v1'

/** @param keys base64 of 32 bytes each, one a line, the newest first: that one seals, all of them open. */
export function createSecretBox(keys: string): SecretBox {
  const known = readKeys(keys)
  const [{ id: keyId, bytes }] = known
  return {
    seal(text, owner) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', bytes, iv).setAAD(Buffer.from(owner))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return [format, keyId, ...[iv, cipher.getAuthTag(), body].map((part) => part.toString('base64'))].join(':')
    },
    open(sealed, owner) {
      const [version, id, iv, tag, body] = sealed.split(':')
      if (version !== format || !id || !iv || !tag || body === undefined)
        throw unreadable(owner, 'its format is unknown')
      const key = known.find((one) => one.id === id)
      if (!key) throw unreadable(owner, `it was encrypted with key ${id} and the key now is ${keyId}`)
      try {
        const decipher = createDecipheriv('aes-256-gcm', key.bytes, Buffer.from(iv, 'base64'), { authTagLength: 16 })
          .setAAD(Buffer.from(owner))
          .setAuthTag(Buffer.from(tag, 'base64'))
        return Buffer.concat([decipher.update(Buffer.from(body, 'base64')), decipher.final()]).toString('utf8')
      } catch (cause) {
        throw unreadable(owner, 'it was altered or belongs to another owner', cause)
      }
    },
    derive: (purpose) => Buffer.from(hkdfSync('sha256', bytes, 'tenon', purpose, 32)).toString('base64'),
  }
}

export interface EncryptionKey {
  /** Names the key without telling it. */
  id: string
  bytes: Buffer
}

/**
 * Reads keys, one a line, the newest first.
 * @throws DbError `encryption-key-missing` for one that is none.
 */
export function readKeys(text: string): [EncryptionKey, ...EncryptionKey[]] {
  const [newest = '', ...older] = text.trim().split(/\s+/)
  return [readKey(newest), ...older.map(readKey)]
}

function readKey(text: string): EncryptionKey {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== 32) {
    throw new DbError('encryption-key-missing', `The encryption key has ${bytes.length} bytes instead of 32.`, {
      fix: 'Make one with `openssl rand -base64 32` and set TENON_ENCRYPTION_KEY or TENON_ENCRYPTION_KEY_FILE.',
    })
  }
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes }
}

/** What TENON_ENCRYPTION_KEY says, or the file that TENON_ENCRYPTION_KEY_FILE names; null when neither is set. */
export function keysOfEnvironment(env: Record<string, string | undefined>): string | null {
  const keys = env['TENON_ENCRYPTION_KEY']
  if (keys) return keys
  const file = env['TENON_ENCRYPTION_KEY_FILE']
  return file ? readFileSync(file, 'utf8') : null
}

/**
 * The keys from TENON_ENCRYPTION_KEY, or from the file that TENON_ENCRYPTION_KEY_FILE names.
 * @throws DbError `encryption-key-missing`.
 */
export function secretBoxFromEnvironment(env: Record<string, string | undefined>): SecretBox {
  const keys = keysOfEnvironment(env)
  if (keys !== null) return createSecretBox(keys)
  throw new DbError('encryption-key-missing', 'There is no encryption key.', {
    fix: 'Set TENON_ENCRYPTION_KEY (base64, 32 bytes) or TENON_ENCRYPTION_KEY_FILE.',
  })
}

function unreadable(owner: string, why: string, cause?: unknown): DbError {
  return new DbError('secret-unreadable', `The secret of ${owner} cannot be read: ${why}.`, {
    fix: 'Start with the key it was saved with, or enter the secret again in settings.',
    cause,
  })
}
