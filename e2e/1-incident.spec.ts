/** The path that the product is for: a live incident, diagnosed, switched away, verified and put back, in a real browser. */
import { expect, test } from '@playwright/test'
import { edgeServers, requestsWithin } from './edge.ts'

const zoneA = ['pay-a-1', 'pay-a-2', 'pay-a-3']
const zoneB = ['pay-b-1', 'pay-b-2', 'pay-b-3']

test('a live incident is diagnosed, and its traffic switched away and back', async ({ page }) => {
  // The shop needs some minutes to be within noise again; everything else is quick.
  test.setTimeout(600_000)
  await test.step('Now says what is wrong', async () => {
    await page.goto('/')
    await expect(page.getByText(/is \d+\.\d % below its baseline/)).toBeVisible({ timeout: 60_000 })
  })

  await test.step('Diagnose concludes with the true cause, the change', async () => {
    // The headline has the worst chain of the moment; a shop that just began may lose more elsewhere.
    await page
      .getByRole('row', { name: /^Card payment/ })
      .getByRole('button', { name: 'Diagnose Card payment' })
      .click()
    await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}/)
    await expect(page.getByRole('heading', { level: 2, name: /payment v2 fails on 3 of 6 hosts/ })).toBeVisible()
    await expect(page.getByRole('region', { name: 'Causes' }).getByRole('listitem').first()).toContainText('payment v2')
    await expect(page.getByText(/parts sum to −\d/)).toBeVisible()
  })

  await test.step('a chart opens as its query and as a table', async () => {
    const chart = page
      .getByRole('figure')
      .filter({ has: page.getByRole('button', { name: 'query' }) })
      .first()
    await chart.getByRole('button', { name: 'query' }).click()
    await expect(chart).toContainText('shop_')
    await chart.getByRole('button', { name: 'table' }).click()
    await expect(chart.getByRole('table')).toBeVisible()
  })

  await test.step('the plan says what would change, and nothing has yet', async () => {
    await page
      .getByRole('link', { name: /^Review plan/ })
      .first()
      .click()
    await expect(
      page.getByRole('heading', { level: 2, name: 'Switch payment traffic from zone A to zone B?' }),
    ).toBeVisible()
    await expect(page.getByRole('row', { name: /pay-a-1 weight 100/ })).toContainText('weight 0')
    await expect(page.getByText('Nothing else moves it')).toBeVisible()
    const before = await edgeServers('payment')
    expect(zoneA.map((name) => before[name]?.weight)).toEqual([100, 100, 100])
  })

  await test.step('approved, the edge really moves requests', async () => {
    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    await page.getByRole('button', { name: 'Yes, approve' }).click()
    await expect(page.getByText(/approved/i).first()).toBeVisible()
    await expect
      .poll(async () => {
        const servers = await edgeServers('payment')
        return zoneA.map((name) => servers[name]?.weight)
      })
      .toEqual([0, 0, 0])
    const requests = await requestsWithin('payment', 4)
    expect(zoneA.map((name) => requests[name])).toEqual([0, 0, 0])
    expect(zoneB.every((name) => (requests[name] ?? 0) > 0)).toBe(true)
  })

  await test.step('the run ends, and the ledger tells the whole story', async () => {
    await page.getByRole('link', { name: 'Back to the run' }).click()
    await page.getByRole('link', { name: /Switch Payment traffic from zone A/ }).click()
    await expect(page.getByText('in effect', { exact: true })).toBeVisible()
    const ledger = page.getByRole('region', { name: 'Ledger' })
    for (const kind of ['plan', 'approval', 'intent', 'apply', 'lease', 'verify']) {
      await expect(ledger.getByText(kind, { exact: true }).first()).toBeVisible()
    }
    await expect(ledger.getByText(/Watched: 3 of 3 as meant/)).toBeVisible()
  })

  await test.step('the shop recovers on Now', async () => {
    await page.goto('/')
    await expect(page.getByText(/All 2 business chains are normal/)).toBeVisible({ timeout: 400_000 })
    await expect(page.getByRole('region', { name: 'In effect' })).toContainText('reverts in')
  })

  await test.step('Revert now puts back what was found', async () => {
    await page.getByRole('button', { name: 'Revert now' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revert now' }).click()
    await expect
      .poll(async () => {
        const servers = await edgeServers('payment')
        return zoneA.map((name) => servers[name]?.weight)
      })
      .toEqual([100, 100, 100])
    await expect(page.getByRole('region', { name: 'In effect' })).toContainText('Nothing is changed outside right now.')
  })
})
