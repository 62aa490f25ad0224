/** A runbook that starts by itself: by the clock, and by a webhook whose sender proves that it knows the secret. */
import { createHmac, randomUUID } from 'node:crypto'
import { expect, test, type Page } from '@playwright/test'

const secret = randomUUID()
const source = `tenon: 1
name: by-itself
title: By itself
params:
  chain: { type: chain, default: card-payment }
triggers:
  often: { kind: schedule, every: 10s }
  alerts:
    kind: webhook
    format: generic
    secret: e2e-hook
    when: event.severity != "info"
    params: { chain: '\${event.chain}' }
nodes:
  conclude: { type: judge.conclude }
`

test('schedules and webhooks start runs, and everything that came in has its reason', async ({ page, request }) => {
  test.setTimeout(240_000)

  await test.step('the secret is a connection', async () => {
    await page.goto('/settings')
    await page.getByRole('button', { name: 'Add connection' }).click()
    await page.getByLabel('Name').fill('e2e-hook')
    await page.getByLabel('Kind').click()
    await page.getByRole('option', { name: /^Hook secret/ }).click()
    await page.getByLabel('Secret', { exact: true }).fill(secret)
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await expect(page.getByText('e2e-hook', { exact: true })).toBeVisible()
  })

  await test.step('the runbook is published', async () => {
    await page.goto('/runbooks')
    await page.getByRole('button', { name: /^New runbook/ }).click()
    await page.getByRole('dialog').getByLabel('Title').fill('By itself')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Create/ })
      .click()
    await expect(page).toHaveURL(/\/runbooks\/by-itself/)
    await page.getByRole('button', { name: 'YAML' }).click()
    await page.getByTestId('yaml-source').fill(source)
    await expect(page.getByRole('button', { name: 'Problems: no problems' })).toBeVisible()
    await page.getByRole('button', { name: 'Publish…' }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Publish in/ })
      .click()
    await expect(page.getByText('v1 live')).toBeVisible()
  })

  const schedule = page.getByTestId('schedule-by-itself-often')
  await test.step('its next times are shown, it fires, and its run is linked', async () => {
    await page.goto('/triggers')
    await expect(schedule.getByRole('list', { name: 'Next times' }).getByRole('listitem')).toHaveCount(5)
    await expect(schedule.getByText(/last run/)).toBeVisible({ timeout: 60_000 })
  })

  await test.step('it is paused with a reason, and goes on', async () => {
    await schedule.getByRole('button', { name: 'Pause' }).click()
    await page.getByLabel('Why').fill('quiet for a test')
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
    await expect(schedule.getByText(/quiet for a test/)).toBeVisible()
    await expect(schedule.getByText('does not fire while it is paused')).toBeVisible()
    await schedule.getByRole('button', { name: 'Resume' }).click()
    await expect(schedule.getByRole('list', { name: 'Next times' })).toBeVisible()
  })

  await test.step('times that it missed are made up for', async () => {
    await schedule.getByRole('button', { name: 'Backfill' }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByText(/At most 200 times/)).toBeVisible()
    // Two minutes ago, for a minute, written in the browser's zone, as the fields are.
    const [from = '', to = ''] = await page.evaluate(() =>
      [120_000, 60_000].map((ago) => {
        const date = new Date(Date.now() - ago)
        return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
      }),
    )
    await dialog.getByLabel(/^From/).fill(from)
    await dialog.getByLabel(/^To/).fill(to)
    await dialog.getByRole('button', { name: /^Start \d runs/ }).click()
    await expect(page.getByText(/runs are on the way/)).toBeVisible()
  })

  const post = async (event: object, by = secret) => {
    const body = JSON.stringify(event)
    const timestamp = String(Math.floor(Date.now() / 1000))
    const signature = createHmac('sha256', by).update(`${timestamp}.${body}`).digest('hex')
    return request.post(`${process.env.E2E_URL}/api/v1/hooks/by-itself/alerts`, {
      headers: {
        'content-type': 'application/json',
        'x-tenon-timestamp': timestamp,
        'x-tenon-signature': `v1=${signature}`,
      },
      data: body,
    })
  }

  await test.step('a webhook runs once; what is not for it, forged or wrong says why', async () => {
    const event = { id: randomUUID(), severity: 'page', chain: 'card-payment' }
    expect((await post(event)).status()).toBe(202)
    expect((await post(event)).status()).toBe(200)
    expect((await post({ ...event, id: randomUUID(), severity: 'info' })).status()).toBe(200)
    expect((await post({ id: randomUUID(), severity: 'page' })).status()).toBe(422)
    expect((await post(event, 'another secret')).status()).toBe(401)
    await page.getByRole('tab', { name: 'Inbound' }).click()
    await choose(page, 'Runbook', 'By itself')
    for (const [disposition, reason] of [
      ['deduplicated', /came at .* already/],
      ['filtered', /does not hold/],
      ['rejected', /signature|chain/],
      ['ran', /started a run|fired/],
    ] as const) {
      await choose(page, 'What became of it', new RegExp(`^${disposition}`))
      const row = page.getByTestId(`inbound-${disposition}`).first()
      await expect(row).toContainText(reason)
    }
    await choose(page, 'What became of it', /^deduplicated/)
    const row = page.getByTestId('inbound-deduplicated').first()
    await row.getByRole('button', { name: 'Look' }).click()
    await expect(page.getByRole('dialog').getByText(event.id)).toHaveCount(1)
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
    await row.getByRole('link', { name: 'Run' }).click()
    await expect(page).toHaveURL(/\/runs\//)
    await expect(page.getByText('By itself').first()).toBeVisible()
  })

  await test.step('left quiet', async () => {
    await page.goto('/triggers')
    await schedule.getByRole('button', { name: 'Pause' }).click()
    await page.getByLabel('Why').fill('the test is over')
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
    await expect(schedule.getByText(/the test is over/)).toBeVisible()
  })
})

async function choose(page: Page, label: string, option: string | RegExp): Promise<void> {
  await page.getByLabel(label, { exact: true }).click()
  await page.getByRole('option', { name: option }).click()
}
