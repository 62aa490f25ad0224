/** Every page in both themes: no accessibility violation, no error in the console, nothing wider than a phone where phones are promised. */
import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'

const pages = [
  '/',
  '/runbooks',
  '/runbooks/payment-drop',
  '/coverage',
  '/diagnose?entity=payment&symptom=latency',
  '/runs',
  '/alerts',
  '/alerts?state=all',
  '/triggers',
  '/triggers?tab=inbound',
  '/triggers',
  '/triggers?tab=listeners',
  '/triggers?tab=inbound',
  '/changes',
  '/actions',
  '/data',
  '/data?q=success+rate+payment',
  '/data/services/payment.success-rate?from=now-1h&to=now&by=zone',
  '/data/entities/payment',
  '/data/graph?entity=payment&depth=2',
  '/data/model',
  '/data/compute',
  '/data/views',
  '/inbox',
  '/settings',
  '/settings?tab=tokens',
  '/settings?tab=people',
  '/settings?tab=account',
]

for (const scheme of ['light', 'dark'] as const) {
  test(`pages are accessible and quiet, ${scheme}`, async ({ browser }) => {
    test.setTimeout(240_000)
    const context = await browser.newContext({ colorScheme: scheme })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`${page.url()}: ${message.text()}`)
    })
    page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
    const run = await newestRun(page.request)
    for (const path of [...pages, `/runs/${run}`]) {
      await page.goto(path)
      await expect(page.getByRole('main')).toBeVisible()
      await page.waitForTimeout(1_500)
      const { violations } = await new AxeBuilder({ page }).disableRules(['region']).analyze()
      expect(
        violations.map(({ id, nodes }) => `${path}: ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`),
      ).toEqual([])
    }
    expect(complaints).toEqual([])
    await context.close()
  })
}

test('Now, a report, an approval and data fit a phone', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  const run = await newestRun(page.request)
  for (const path of [
    '/',
    `/runs/${run}`,
    '/inbox',
    '/alerts?state=all',
    '/data',
    '/data/services/payment.success-rate?by=zone',
    '/data/views',
  ]) {
    await page.goto(path)
    await expect(page.getByRole('main')).toBeVisible()
    await page.waitForTimeout(1_000)
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(390)
  }
  await context.close()
})

test('the keyboard reaches everything: palette, shortcuts, skip link', async ({ page }) => {
  await page.goto('/')
  // A shortcut works from when the page has its data, not from its first paint.
  await expect(page.getByRole('rowheader', { name: 'Card payment' })).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to the page' })).toBeFocused()
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder(/Diagnose a chain/).fill('actions')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/actions$/)
  await page.keyboard.press('g')
  await page.keyboard.press('r')
  await expect(page).toHaveURL(/\/runs$/)
})

interface Requests {
  get(url: string): Promise<{ json(): Promise<unknown> }>
}

/** The id of the newest run, which the tests before this one made. */
async function newestRun(request: Requests): Promise<string> {
  const url = `${process.env.E2E_URL}/api/trpc/runs.list?input=${encodeURIComponent(JSON.stringify({ json: { limit: 1 } }))}`
  const answer = (await (await request.get(url)).json()) as { result: { data: { json: { id: string }[] } } }
  const [run] = answer.result.data.json
  if (!run) throw new Error('No run was made before this test.')
  return run.id
}
