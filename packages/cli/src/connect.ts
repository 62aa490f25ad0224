/** The server that commands talk to. */
import { createTenonClient, eachItem, type TenonClient } from '@tenon/client'
import { CliError } from './cli-error.ts'

const defaultUrl = 'http://127.0.0.1:3000'

/** @throws CliError when the address is none, or no token is given. */
export function connect(options: {
  url: string | undefined
  token: string | undefined
  env: Readonly<Record<string, string | undefined>>
  fetch: typeof fetch
}): TenonClient {
  const url = originOf(options.url ?? options.env['TENON_URL'] ?? defaultUrl)
  const token = options.token ?? options.env['TENON_TOKEN']
  if (!token)
    throw new CliError('No API token is given.', {
      fix: `Set TENON_TOKEN; make a token in Settings, API tokens (${url}/settings).`,
    })
  return createTenonClient({ url, token, fetch: options.fetch })
}

/** Every item of a list, page by page. */
export async function allItems<Item>(
  page: (cursor: string | undefined) => Promise<{ items: Item[]; next: string | null }>,
): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of eachItem(page)) items.push(item)
  return items
}

function originOf(text: string): string {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol)) return url.origin
  throw new CliError(`"${text}" is not an address.`, {
    fix: 'Write it like http://127.0.0.1:3000 in TENON_URL or --url.',
  })
}
