/** A report of a run that concluded: read, taken along as Markdown and PDF, shared frozen; on a phone, and in both themes. */
import { readFileSync } from 'node:fs'
import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'

test.use({ permissions: ['clipboard-read', 'clipboard-write'] })

test('the figures of a chart are read as a table, and its query is copied', async ({ page }) => {
  await openReport(page)
  const chart = page
    .getByRole('figure')
    .filter({ has: page.getByRole('button', { name: 'query' }) })
    .first()
  await chart.getByRole('button', { name: 'table' }).click()
  await expect(chart.getByRole('table')).toBeVisible()
  await expect(chart.getByRole('columnheader').first()).toContainText('UTC')
  await chart.getByRole('button', { name: 'query' }).click()
  await chart.getByRole('button', { name: 'Copy the query' }).first().click()
  await expect(page.getByText('Query copied')).toBeVisible()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied.length).toBeGreaterThan(5)
  await expect(chart).toContainText(copied)
})

test('all charts are zoomed to the onset and back; a drag over one does the same', async ({ page }) => {
  await openReport(page)
  const charts = page.getByRole('region', { name: 'Charts' })
  await charts.getByRole('button', { name: 'Zoom to the onset' }).click()
  await expect(charts.getByText(/ to /).first()).toBeVisible()
  await charts.getByRole('button', { name: 'Reset zoom' }).click()
  const plot = charts.locator('.u-over').first()
  await plot.scrollIntoViewIfNeeded()
  const box = await plot.boundingBox()
  if (!box) throw new Error('The chart has no place on the page.')
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2, { steps: 5 })
  await page.mouse.up()
  await expect(charts.getByRole('button', { name: 'Reset zoom' })).toBeVisible()
})

test('it is exported as Markdown and as PDF, conclusion first', async ({ page }) => {
  const { conclusion } = await openReport(page)
  const markdown = (await exported(page, 'Export as Markdown')).toString('utf8')
  expect(markdown.split('\n')[0]?.replaceAll('\\', '')).toBe(`# ${conclusion}`)
  expect(markdown).toContain('| sum of the parts |')
  expect(markdown).toMatch(/Query of .+:\n\n```\n/)
  expect(markdown).toContain('/runs/')
  const pdf = await exported(page, 'Export as PDF')
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
  expect(pdf.length).toBeGreaterThan(10_000)
  expect(pdf.toString('latin1')).toContain('/FontFile')
})

test('it is shared as a frozen page, which says the same and can be exported too', async ({ page }) => {
  const { conclusion } = await openReport(page)
  await page.keyboard.press('s')
  const dialog = page.getByRole('dialog', { name: 'Share this report' })
  await dialog.getByRole('button', { name: 'Freeze and copy link' }).click()
  await expect(dialog.getByRole('list', { name: 'Frozen reports of this run' })).toBeVisible()
  const link = await page.evaluate(() => navigator.clipboard.readText())
  expect(link).toMatch(/\/reports\/[0-9a-f-]{36}$/)
  expect((await new AxeBuilder({ page }).include('[role=dialog]').analyze()).violations).toEqual([])
  await page.goto(new URL(link).pathname)
  await expect(page.getByRole('heading', { level: 2, name: conclusion })).toBeVisible()
  await expect(page.getByText(/Nothing on this page changes any more/)).toBeVisible()
  await expect(page.getByRole('button', { name: /Run again|Cancel run/ })).toHaveCount(0)
  await page.getByRole('button', { name: 'Export this report' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Export as Markdown' }).click(),
  ])
  expect(readFileSync(await download.path(), 'utf8')).toContain('/reports/')
})

for (const scheme of ['light', 'dark'] as const) {
  test(`it fits a phone, its targets are large enough, and it is accessible, ${scheme}`, async ({ browser }) => {
    const context = await browser.newContext({ colorScheme: scheme, viewport: { width: 390, height: 844 } })
    const page = await context.newPage()
    await openReport(page)
    const widths = await page.evaluate(() =>
      [document.documentElement, document.querySelector('main')].map((each) => each?.scrollWidth ?? 0),
    )
    expect(Math.max(...widths)).toBeLessThanOrEqual(390)
    const main = page.getByRole('main')
    for (const name of ['Zoom to the onset', 'query', 'table']) {
      const box = await main.getByRole('button', { name, exact: true }).first().boundingBox()
      expect(box?.height, name).toBeGreaterThanOrEqual(44)
    }
    for (const list of await main.getByText('as a list', { exact: true }).all()) await list.click()
    for (const more of await main.getByText(/ruled out$/).all()) await more.click()
    const { violations } = await new AxeBuilder({ page }).disableRules(['region']).analyze()
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`),
    ).toEqual([])
    await page.screenshot({ path: test.info().outputPath('report-390.png'), fullPage: true })
    await context.close()
  })
}

interface RunList {
  result: { data: { json: { id: string; verdict: string | null; conclusion: string | null }[] } }
}

/** The report of the newest abnormal diagnosis, which the tests before this one made. */
async function openReport(page: Page): Promise<{ conclusion: string }> {
  const ask = encodeURIComponent(JSON.stringify({ json: { name: 'payment-drop', limit: 50 } }))
  const answer = await page.request.get(`${process.env.E2E_URL}/api/trpc/runs.list?input=${ask}`)
  const { json } = ((await answer.json()) as RunList).result.data
  const run = json.find(({ verdict, conclusion }) => verdict === 'abnormal' && conclusion !== null)
  if (!run?.conclusion) throw new Error('No run was abnormal before this test.')
  await page.goto(`/runs/${run.id}`)
  await expect(page.getByRole('heading', { level: 2, name: run.conclusion })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Charts' })).toBeVisible()
  return { conclusion: run.conclusion }
}

async function exported(page: Page, item: string): Promise<Buffer> {
  await page.getByRole('button', { name: 'More for this run' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: item }).click(),
  ])
  return readFileSync(await download.path())
}
