/** Starts everything with an incident under way, signs the first admin in, and keeps the session for all tests. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type FullConfig } from '@playwright/test'
import { startStack } from '@tenon/stack'
import { earlierIncidents } from './earlier.ts'

export default async function start(config: FullConfig): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), 'tenon-e2e-'))
  // Files that a test writes are read from here, and from nowhere else.
  const files = await mkdtemp(join(tmpdir(), 'tenon-e2e-files-'))
  process.env.TENON_FILES_DIR = files
  const begun = Date.now()
  const stack = await startStack({
    home,
    fault: 'bad-change',
    earlier: earlierIncidents,
    report: {
      ready: (part, milliseconds, detail) =>
        console.error(`  ${part}  ${(milliseconds / 1000).toFixed(1)} s  ${detail}`),
    },
  })
  const stop = async (): Promise<void> => {
    await stack.stop()
    await rm(home, { recursive: true, force: true })
    await rm(files, { recursive: true, force: true })
  }
  try {
    const state = join(home, 'session.json')
    await signIn(config, { link: stack.adminLink, state })
    Object.assign(process.env, {
      E2E_BEGUN: String(begun),
      E2E_URL: stack.url,
      E2E_STATE: state,
      E2E_FILES: files,
      E2E_SHOP_URL: stack.shopUrl ?? '',
      E2E_API_TOKEN: stack.apiToken ?? '',
      E2E_EDGE_KIND: stack.edge?.kind ?? '',
      E2E_EDGE_ADDRESS: stack.edge?.adminAddress ?? '',
    })
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}

async function signIn(config: FullConfig, { link, state }: { link: string; state: string }): Promise<void> {
  const browser = await chromium.launch(config.projects[0]?.use.launchOptions)
  try {
    const page = await browser.newPage()
    await page.goto(link)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('navigation', { name: 'Pages' }).waitFor()
    await page.context().storageState({ path: state })
  } finally {
    await browser.close()
  }
}
