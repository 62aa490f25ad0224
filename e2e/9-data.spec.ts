/** Data by its meaning: found, looked at, related, modelled, discovered, computed, frozen, and taken to Grafana. */
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'

test('a measure is found by its meaning, and its page says what was asked', async ({ page }) => {
  await page.goto('/data')
  // A shortcut works from when the page has its data, not from its first paint.
  await expect(page.getByRole('list', { name: 'Found' }).getByRole('link').first()).toBeVisible()
  await page.getByRole('main').focus()
  await page.keyboard.press('/')
  const field = page.getByRole('searchbox', { name: 'Search the catalogue' })
  await expect(field).toBeFocused()
  await field.fill('how often does payment succeed zone A')
  await expect(page.getByRole('list', { name: 'Found' }).getByRole('link').first()).toBeVisible()
  await field.fill('success rate payment zone A')
  await expect(page.getByRole('list', { name: 'Found' }).getByRole('link').first()).toContainText(
    'payment.success-rate',
  )
  // Down into the list, up out of it, and the first by Enter.
  await page.keyboard.press('ArrowDown')
  await expect(page.getByTestId('hit-payment.success-rate')).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(field).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/data\/services\/payment\.success-rate\?.*f=zone%3AA/)

  await test.step('the chart, its quality and its lines', async () => {
    await expect(page.getByRole('button', { name: 'Take away the filter zone A' })).toBeVisible()
    await expect(page.locator('.uplot')).toBeVisible()
    await expect(page.getByTestId('quality')).toContainText('complete')
    await page.getByRole('group', { name: 'Group by' }).getByRole('button', { name: 'host' }).click()
    const lines = page.getByRole('region', { name: 'Lines of the chart' })
    await expect(lines.getByRole('row')).toHaveCount(4)
    await lines.getByRole('button', { name: 'pay-a-1' }).click()
    await expect(lines.getByRole('button', { name: 'pay-a-2' })).toHaveAttribute('aria-pressed', 'false')
    await lines.getByRole('button', { name: 'pay-a-1' }).click()
    await expect(lines.getByRole('button', { name: 'pay-a-2' })).toHaveAttribute('aria-pressed', 'true')
  })

  await test.step('exactly what was asked', async () => {
    await page.getByRole('tab', { name: 'Query' }).click()
    await expect(page.getByRole('tabpanel', { name: 'Query' })).toContainText(/shop_requests_total\{.*payment/)
    await expect(page.getByRole('button', { name: 'Copy the query' })).toBeVisible()
  })

  await test.step('dragging over the chart zooms in, and the keys zoom out', async () => {
    const box = (await page.locator('.u-over').boundingBox())!
    await page.mouse.move(box.x + box.width * 0.3, box.y + 40)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 5 })
    await page.mouse.up()
    await expect(page).toHaveURL(/from=\d{13}/)
    const length = async () => {
      const { searchParams } = new URL(page.url())
      return Number(searchParams.get('to')) - Number(searchParams.get('from'))
    }
    const zoomed = await length()
    await page.keyboard.press('t')
    await page.keyboard.press('z')
    await expect.poll(length).toBeGreaterThan(zoomed * 1.5)
  })
})

test('an entity has its measures, and the graph says who knows of a link', async ({ page }) => {
  await page.goto('/data/services/payment.success-rate')
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'payment' }).click()
  await expect(page).toHaveURL(/\/data\/entities\/payment/)
  await expect(page.getByRole('region', { name: 'Success rate' }).locator('.uplot')).toBeVisible()
  await expect(page.getByRole('region', { name: 'Relations' })).toContainText('calls')
  await page.getByRole('link', { name: 'Graph', exact: true }).first().click()
  await expect(page).toHaveURL(/\/data\/graph/)
  await page.goto('/data/graph?entity=payment&depth=2')
  await expect(page.getByTestId('entity-payment')).toBeVisible()
  await expect(page.getByTestId('entity-payment-db')).toBeVisible()
  const chosen = page.getByRole('complementary', { name: 'Chosen in the graph' })
  await chosen.getByRole('button', { name: /Payment database/ }).click()
  await expect(chosen).toContainText('known by')
  await expect(chosen).toContainText('shop-metrics')
  await page.getByTestId('entity-payment-db').click()
  await chosen.getByRole('button', { name: 'Put it in the middle' }).click()
  await expect(page).toHaveURL(/entity=payment-db/)
  await expect(chosen.getByRole('heading', { name: 'Payment database' })).toBeVisible()
})

test('the model is edited with its mistakes named, and a discovery is accepted', async ({ page }) => {
  test.setTimeout(180_000)
  await test.step('a mistake is named with its line, and cannot be saved', async () => {
    await page.goto('/data/model?file=shop.yaml')
    const source = page.getByRole('textbox', { name: 'shop.yaml as YAML' })
    await expect(source).toHaveValue(/tenonModel: 1/)
    const text = await source.inputValue()
    const lines = text.trimEnd().split('\n').length
    await source.fill(`${text.trimEnd()}\nrelations:\n  - { from: payment, to: nowhere-at-all, kind: calls }\n`)
    const problems = page.getByRole('list', { name: 'Problems' })
    await expect(problems).toContainText('nowhere-at-all')
    await expect(problems).toContainText(`line ${lines + 2}`)
    await expect(page.getByRole('button', { name: /^Save/ })).toHaveAttribute('aria-disabled', 'true')
    await source.fill(text.replace('{ id: risk, owner: risk, tier: 2', '{ id: risk, owner: fraud-desk, tier: 2'))
    await expect(page.getByText('no problems')).toBeVisible()
    await page.keyboard.press('Control+s')
    await expect(page.getByText(/^Saved as revision/)).toBeVisible()
    await page.goto('/data/entities/risk')
    await expect(page.getByText('fraud-desk')).toBeVisible()
  })

  await test.step('what the source has and the model lacks is proposed, and accepted', async () => {
    await newMetrics(page)
    await page.goto('/data/model')
    await page.getByRole('button', { name: 'Discover…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Discover what a source has' })
    await dialog.getByRole('button', { name: 'Discover', exact: true }).click()
    await expect(page).toHaveURL(/proposal=/)
    const accept = page.getByRole('button', { name: /^Accept all/ })
    await expect(accept).toBeVisible({ timeout: 60_000 })
    await page.getByRole('textbox', { name: 'Find a change' }).fill('turnstile')
    await expect(page.locator('[data-testid^="change-"]').filter({ hasText: /rides/i })).not.toHaveCount(0)
    await accept.click()
    await expect(page.getByTestId('proposal')).toContainText('accepted')
    await page.goto('/data?q=rides')
    await expect(page.getByRole('list', { name: 'Found' })).toContainText(/rides/i)
  })
})

test('lines of logs are counted, and the answer is kept', async ({ page }) => {
  await logs()
  await page.goto('/settings')
  await page.getByRole('button', { name: /Add connection/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Add connection' })
  await dialog.getByLabel('Name').fill('shop-logs')
  await dialog.getByLabel('Kind').click()
  await page.getByRole('option', { name: /^Files and logs/ }).click()
  await dialog.getByLabel(/Address|URL|Folder/).fill(logFolder())
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()

  await page.goto('/data/compute?from=now-1h&to=now')
  await page.getByRole('button', { name: 'At a connection' }).click()
  await page.getByLabel('Connection', { exact: true }).click()
  await page.getByRole('option', { name: /^shop-logs/ }).click()
  await page.getByLabel('What is read there').fill('gateway/*.log')
  await page.getByLabel(/^Lines are/).fill('<time> <method> <path> <status>')
  await page.getByLabel(/^Group by/).fill('method')
  await page.getByRole('button', { name: /^Compute/ }).click()
  const answer = page.getByTestId('computed')
  await expect(answer).toContainText('whole')
  await expect(answer.getByRole('row', { name: /GET/ })).toContainText('30')
  await expect(answer.getByRole('row', { name: /POST/ })).toContainText('10')
  await page.getByRole('button', { name: 'Keep', exact: true }).click()
  await page.getByRole('menuitem', { name: 'For a day' }).click()
  await expect(page.getByRole('button', { name: 'Copy the link' })).toBeVisible()
})

test('what is on the chart is frozen, and exported to Grafana', async ({ page }) => {
  await page.goto('/data/services/payment.success-rate?from=now-30m&to=now&by=zone')
  await expect(page.locator('.uplot')).toBeVisible()
  await page.getByRole('main').focus()
  await page.keyboard.press('f')
  const dialog = page.getByRole('dialog', { name: 'Freeze into a view' })
  await dialog.getByLabel('Title').fill('Payment by zone')
  await dialog.getByRole('button', { name: 'Freeze' }).click()
  await expect(page).toHaveURL(/\/data\/views\/.+/)
  await expect(page.getByRole('heading', { level: 1, name: 'Payment by zone' })).toBeVisible()
  await expect(page.locator('.uplot')).toBeVisible()
  await expect(page.getByRole('region', { name: 'Lines of the chart' }).getByRole('row')).toHaveCount(3)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Grafana' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('payment-by-zone.json')
  const dashboard = JSON.parse(readFileSync(await download.path(), 'utf8')) as { title: string; panels: unknown[] }
  expect(dashboard.title).toContain('Payment by zone')
  expect(dashboard.panels.length).toBeGreaterThan(0)
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`),
  ).toEqual([])

  await page.goto('/data/views')
  await expect(page.getByRole('link', { name: 'Payment by zone' })).toBeVisible()
  await page.getByRole('button', { name: 'Delete Payment by zone' }).click()
  await expect(page.getByText('Nothing is frozen')).toBeVisible()
})

const logFolder = (): string => join(process.env.E2E_FILES ?? '', 'shop')

/** Forty lines of the last minutes. */
async function logs(): Promise<void> {
  const folder = join(logFolder(), 'gateway')
  await mkdir(folder, { recursive: true })
  const lines = Array.from({ length: 40 }, (_, index) => {
    const at = new Date(Date.now() - index * 15_000 - 60_000).toISOString()
    return `${at} ${index % 4 === 0 ? 'POST' : 'GET'} /pay 200`
  })
  await writeFile(join(folder, 'access.log'), `${lines.reverse().join('\n')}\n`)
}

/** A metric that the store did not have, pushed into it as exporters do. */
async function newMetrics(page: Page): Promise<void> {
  const url = `${process.env.E2E_URL}/api/trpc/settings.connections.list`
  const answer = (await (await page.request.get(url)).json()) as {
    result: { data: { json: { name: string; url: string }[] } }
  }
  const store = answer.result.data.json.find(({ name }) => name === 'shop-metrics')
  if (!store) throw new Error('The stack has no connection shop-metrics.')
  const lines = Array.from(
    { length: 10 },
    (_, index) => `turnstile_rides_total{service="payment"} ${index * 5} ${Date.now() - (10 - index) * 15_000}`,
  )
  const pushed = await page.request.post(`${store.url}/api/v1/import/prometheus`, { data: `${lines.join('\n')}\n` })
  expect(pushed.ok()).toBe(true)
  // A store shows what is new after a moment.
  await expect
    .poll(async () => (await page.request.get(`${store.url}/api/v1/series?match[]=turnstile_rides_total`)).text())
    .toContain('turnstile_rides_total')
}
