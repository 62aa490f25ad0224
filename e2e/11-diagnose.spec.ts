/** From a click to a conclusion, for five kinds of incident of the shop, each through another door. Each conclusion must name the true cause. */
import { createShopClient } from '@tenon/demo'
import { expect, type Page, test } from '@playwright/test'
import { during, type EarlierKind } from './earlier.ts'

const minute = 60_000
const iso = (at: number): string => new Date(at).toISOString()

/** The report's first sentence, once the run that the page went to has concluded. */
async function conclusionOf(page: Page): Promise<string> {
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}/)
  const id = /[0-9a-f-]{36}/.exec(page.url())?.[0] ?? ''
  let conclusion = ''
  await expect
    .poll(
      async () => {
        const answer = await page.request.get(`/api/v1/runs/${id}`, { headers: authorized })
        const run: { conclusion: string | null } = await answer.json()
        conclusion = run.conclusion ?? ''
        return conclusion
      },
      { timeout: 60_000 },
    )
    .not.toBe('')
  await expect(page.getByRole('main').getByText(conclusion.slice(0, 40)).first()).toBeVisible({ timeout: 40_000 })
  return conclusion
}

const authorized = { authorization: `Bearer ${process.env['E2E_API_TOKEN'] ?? ''}` }
const shop = createShopClient(process.env['E2E_SHOP_URL'] ?? '')

test.describe.configure({ mode: 'serial' })

test.beforeAll(async () => {
  // Only what this file sets is wrong from here on; a bad change that goes on for the time that the other incidents take is seen beyond noise.
  await shop.clearFaults()
  await shop.setFault('bad-change', 0.6)
})
test.afterAll(() => shop.clearFaults())

test('a link: the source of the orders dried up', async ({ page }) => {
  await page.goto(
    `/diagnose?${new URLSearchParams({ chain: 'card-payment', symptom: 'drop', at: iso(during('source-drop')) })}`,
  )
  await expect(page.getByRole('heading', { name: 'Diagnose Card payment?' })).toBeVisible()
  const before = await runsOf(page)
  // Opening a link, as chats and mail programs do, starts nothing.
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Diagnose Card payment?' })).toBeVisible()
  expect(await runsOf(page)).toEqual(before)
  await page.getByRole('main').getByRole('button', { name: 'Diagnose', exact: true }).click()
  expect(await conclusionOf(page)).toMatch(/marketplace sends \d+\.\d % fewer orders/)
})

test('an entity: its database is full', async ({ page }) => {
  await page.goto(`/data/entities/payment-db?${rangeOf('db-saturation')}`)
  await page.getByRole('button', { name: 'Diagnose', exact: true }).click()
  expect(await conclusionOf(page)).toMatch(/payment-db is saturated/i)
})

test('a chart: a time that is dragged over, in which one zone was slow', async ({ page }) => {
  const at = during('zone-latency')
  const [from, to] = [at - 35 * minute, at + 1 * minute]
  await page.goto(`/data/services/payment.latency-p95?${new URLSearchParams({ from: String(from), to: String(to) })}`)
  const chart = page.getByRole('main').locator('.u-over').first()
  await expect(chart).toBeVisible()
  const box = await chart.boundingBox()
  if (!box) throw new Error('The chart has no place.')
  await page.mouse.move(box.x + box.width * 0.55, box.y + 40)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.97, box.y + 60, { steps: 5 })
  await page.mouse.up()
  await expect(page).not.toHaveURL(new RegExp(`from=${from}`))
  await page.getByRole('button', { name: 'Diagnose this' }).click()
  expect(await conclusionOf(page)).toMatch(/zone A/i)
})

test('the API: a load test is no incident, lost measurements are not "normal"; the answer waits for the conclusion', async ({
  request,
}) => {
  const diagnosed = async (kind: EarlierKind) => {
    const answer = await request.post('/api/v1/diagnoses?wait=60s', {
      headers: authorized,
      data: { subject: { kind: 'chain', id: 'card-payment' }, at: iso(during(kind)) },
    })
    return answer.json()
  }
  const lost = await diagnosed('lost-scrape')
  expect(lost.run.verdict).toBe('inconclusive')
  // Either is the truth: one host lacks, or all are late together.
  expect(lost.run.report.why).toMatch(/pay-[ab]-\d|newest data is \d+ s old/)
  const { link, why, run } = await diagnosed('load-test')
  expect(link).toMatch(/\/runs\/[0-9a-f-]{36}$/)
  expect(why).toContain('Card payment')
  expect(run.conclusion).toMatch(/load test|as expected/i)
  expect(run.verdict).not.toBe('abnormal')
})

test('Now: a bad change that goes on is named, and two who press look at one report', async ({ page, context }) => {
  test.setTimeout(180_000)
  await page.goto('/')
  await expect(page.getByText(/Card payment is \d+\.\d % below its baseline/)).toBeVisible({ timeout: 120_000 })
  const other = await context.newPage()
  await other.goto('/')
  const button = (on: Page) => on.getByRole('button', { name: 'Diagnose', exact: true })
  await expect(button(other)).toBeVisible()
  await Promise.all([button(page).click(), button(other).click()])
  expect(await conclusionOf(page)).toMatch(/payment v2 fails on 3 of 6 hosts/)
  await expect(other).toHaveURL(page.url())
})

const runsOf = async (page: Page): Promise<string[]> => {
  const answer = await page.request.get('/api/v1/runs?limit=50&trigger=button', { headers: authorized })
  const { items }: { items: { id: string }[] } = await answer.json()
  return items.map(({ id }) => id)
}

function rangeOf(kind: EarlierKind): URLSearchParams {
  const at = during(kind)
  return new URLSearchParams({ from: String(at - 15 * minute), to: String(at) })
}
