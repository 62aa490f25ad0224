/** A fault in the shop becomes alerts of a real Alertmanager, judged, in the list of alerts; a label is one press and changes the precision. */
import { expect, test } from '@playwright/test'

const shop = process.env.E2E_SHOP_URL ?? ''

test.afterEach(async ({ request }) => {
  await request.delete(`${shop}/faults`)
})

test('a fault leads to alerts with verdicts, and labels to a precision', async ({ page, request }) => {
  // A rule looks back over a minute, its group waits a little, and a judge looks at it: some minutes at most.
  test.setTimeout(420_000)
  const set = await request.post(`${shop}/faults`, { data: { kind: 'bad-change', severity: 0.6 } })
  expect(set.ok()).toBe(true)
  const groups = page.getByRole('list', { name: 'Groups of alerts' }).getByRole('listitem')
  const payment = groups.filter({ hasText: /pay/i })

  await test.step('the alerts arrive by themselves', async () => {
    await page.goto('/alerts')
    await expect(payment.first()).toBeVisible({ timeout: 120_000 })
    await expect(page.getByRole('region', { name: 'Sources' })).toContainText('shop-alerts')
  })

  await test.step('they are judged, with a reason', async () => {
    const real = groups.filter({ has: page.getByText('real', { exact: true }) })
    await expect(real.first()).toBeVisible({ timeout: 180_000 })
    await expect(real.first()).toContainText(/\d/)
  })

  await test.step('every alert of a group can be reached', async () => {
    const first = payment.first()
    await first.getByRole('button', { name: /\d+ alerts?$/ }).click()
    await first.getByRole('list').getByRole('link').first().click()
    await expect(page).toHaveURL(/\/alerts\/.+/)
    await expect(page.getByRole('region', { name: 'Labels' })).toContainText('alertname')
    await expect(page.getByRole('button', { name: 'Diagnose', exact: true })).toBeVisible()
    await page.goBack()
  })

  await test.step('a label is one press, changes what precision rests on, and is taken back', async () => {
    const precision = page.getByRole('region', { name: 'Precision' })
    await expect(precision).toContainText('Nobody labelled a group yet')
    const row = payment.first()
    await row.getByRole('button', { name: 'Real', exact: true }).click()
    await expect(row.getByRole('button', { name: 'Real', exact: true })).toHaveAttribute('aria-pressed', 'true')
    await expect(precision).toContainText('Rests on 1 labelled group')
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(precision).toContainText('Nobody labelled a group yet')
  })

  await test.step('keys do the same', async () => {
    await page.keyboard.press('j')
    await expect(groups.first()).toHaveAttribute('aria-current', 'true')
    await page.keyboard.press('e')
    await expect(groups.first().getByRole('button', { name: 'Noise' })).toHaveAttribute('aria-pressed', 'true')
    await page.keyboard.press('x')
    await expect(page.getByRole('toolbar', { name: 'Selected groups' })).toContainText('1 group selected')
    await page.getByRole('button', { name: 'Clear' }).click()
  })

  await test.step('filters are in the address', async () => {
    await page.getByRole('searchbox', { name: 'Search alerts' }).fill('no such words')
    await expect(page).toHaveURL(/text=no\+such\+words/)
    await expect(page.getByText('No such alert')).toBeVisible()
    await page.getByRole('button', { name: 'Show all', exact: true }).click()
    await expect(payment.first()).toBeVisible()
  })

  await test.step('suppression is off, and says what it would do', async () => {
    const suppression = page.getByRole('region', { name: 'Suppression' })
    await expect(suppression).toContainText('off')
    await suppression.getByRole('button', { name: 'Switch on…' }).click()
    await expect(page.getByRole('dialog')).toContainText('ends by itself')
    await page.getByRole('button', { name: 'Keep it off' }).click()
  })

  await test.step('on a phone nothing is cut off', async () => {
    await page.setViewportSize({ width: 390, height: 800 })
    await expect(payment.first().getByRole('button', { name: 'Diagnose', exact: true })).toBeVisible()
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(tooWide).toBeLessThanOrEqual(0)
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  await test.step('Now and the entity show them too', async () => {
    await page.goto('/')
    await expect(page.getByRole('region', { name: 'Alert groups' }).getByRole('listitem').first()).toBeVisible()
  })
})
