/** A runbook built with the mouse, published, run, approved: the traffic moves, and its lease puts it back by itself. */
import { expect, test, type Locator, type Page } from '@playwright/test'
import { edgeServers, requestsWithin } from './edge.ts'

const zoneB = ['pay-b-1', 'pay-b-2', 'pay-b-3']

const weightsOfB = async (): Promise<(number | undefined)[]> => {
  const servers = await edgeServers('payment')
  return zoneB.map((name) => servers[name]?.weight)
}

test('a runbook is built by drag and drop, published, run and approved', async ({ page }) => {
  test.setTimeout(300_000)

  await test.step('a new runbook opens on an empty canvas', async () => {
    await page.goto('/runbooks')
    await page.getByRole('button', { name: /^New runbook/ }).click()
    await page.getByRole('dialog').getByLabel('Title').fill('Leave zone B')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Create/ })
      .click()
    await expect(page).toHaveURL(/\/runbooks\/leave-zone-b/)
  })

  await test.step('steps are dragged from the palette', async () => {
    await dropNode(page, 'steer.approve', { x: 60, y: 80 })
    await dropNode(page, 'act.traffic-switch', { x: 360, y: 80 })
    await dropNode(page, 'act.notify', { x: 360, y: 330 })
    await expect(page.getByTestId('node-approve')).toBeVisible()
    await expect(page.getByTestId('node-traffic_switch')).toBeVisible()
    await expect(page.getByTestId('node-notify')).toBeVisible()
  })

  await test.step('outcomes are connected, and what does not fit is refused with the reason', async () => {
    await connect(page, page.getByTestId('port-out-approve-approved'), page.getByTestId('port-in-traffic_switch'))
    await connect(page, page.getByTestId('port-out-traffic_switch-done'), page.getByTestId('port-in-notify'))
    await expect(page.locator('.react-flow__edge')).toHaveCount(2)
    await connect(page, page.getByTestId('port-out-notify-sent'), page.getByTestId('port-in-approve'))
    await expect(page.getByText(/runs before "notify": the steps would run in a circle/)).toBeVisible()
    await expect(page.locator('.react-flow__edge')).toHaveCount(2)
  })

  await test.step('undo and redo', async () => {
    await page.getByRole('button', { name: 'Undo: Connect' }).click()
    await expect(page.locator('.react-flow__edge')).toHaveCount(1)
    await page.getByRole('button', { name: 'Redo: Connect' }).click()
    await expect(page.locator('.react-flow__edge')).toHaveCount(2)
  })

  await test.step('problems are named while it is not complete, and it cannot be published', async () => {
    await expect(page.getByRole('button', { name: /^Problems: \d+ problems/ })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Publish…' })).toHaveAttribute('aria-disabled', 'true')
  })

  await test.step('forms come from the nodes’ schemas', async () => {
    await page.getByTestId('node-approve').click()
    await page.getByTestId('field-question').fill('Take payment out of zone B?')
    // Who started it approves it here: there is nobody else in this test.
    await page.getByTestId('field-allowRequester').check()
    await page.getByTestId('node-traffic_switch').click()
    // The service, not the payment shop: at busy hours the rest of the shop could not carry what all of a zone does.
    await page.getByTestId('field-entity').fill('payment')
    await page.getByRole('option', { name: /^Payment\s*payment · service/ }).click()
    await choose(page, 'From zone', /^B\b/)
    await choose(page, 'To zone', /^A\b/)
    await page.getByTestId('field-lease').fill('45s')
    await page.getByTestId('node-notify').click()
    await page.getByTestId('field-title').fill('Zone B was left')
    await page.getByTestId('field-body').fill('Payment traffic is in zone A.')
    await expect(page.getByRole('button', { name: 'Problems: no problems' })).toBeVisible()
  })

  await test.step('YAML is the same document', async () => {
    await page.getByRole('button', { name: 'YAML' }).click()
    await expect(page.getByTestId('yaml-source')).toHaveValue(/fromZone: B\n\s+toZone: A/)
    await page.getByRole('button', { name: 'Back to the canvas' }).click()
  })

  await test.step('it is published', async () => {
    await page.getByRole('button', { name: 'Publish…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Publish in production' }).click()
    await expect(page.getByText('v1 live')).toBeVisible()
  })

  await test.step('a run shows on the canvas and waits for a person', async () => {
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click()
    await expect(page.getByTestId('state-approve')).toBeVisible()
    await page.getByRole('region', { name: 'Run' }).getByRole('link', { name: 'Review plan' }).click()
    await expect(page.getByRole('heading', { level: 2, name: 'Take payment out of zone B?' })).toBeVisible()
  })

  await test.step('approved, the traffic moves', async () => {
    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    await page.getByRole('button', { name: 'Yes, approve' }).click()
    await expect.poll(weightsOfB).toEqual([0, 0, 0])
    const requests = await requestsWithin('payment', 3)
    expect(zoneB.map((name) => requests[name])).toEqual([0, 0, 0])
    expect(requests['pay-a-1']).toBeGreaterThan(0)
  })

  await test.step('the lease puts it back by itself', async () => {
    await expect.poll(weightsOfB, { timeout: 90_000 }).toEqual([100, 100, 100])
    await page.goto('/actions')
    await page.getByRole('tab', { name: 'Ledger' }).click()
    const switched = page.getByRole('row').filter({ hasText: 'Switch Payment traffic from zone B to zone A' })
    await expect(switched.getByText('reverted by its lease')).toBeVisible()
    await page.goto('/inbox')
    await expect(page.getByText('Zone B was left')).toBeVisible()
  })
})

async function dropNode(page: Page, type: string, at: { x: number; y: number }): Promise<void> {
  await page.getByTestId(`palette-item-${type}`).dragTo(page.locator('.react-flow__pane'), { targetPosition: at })
}

/** From the middle of one port to the middle of another, as a hand does it. */
async function connect(page: Page, from: Locator, to: Locator): Promise<void> {
  const [start, end] = [await from.boundingBox(), await to.boundingBox()]
  if (!start || !end) throw new Error('A port is not on the page.')
  await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2)
  await page.mouse.down()
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 5 })
  await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 8 })
  await page.mouse.up()
}

async function choose(page: Page, field: string, option: RegExp): Promise<void> {
  await page.getByRole('complementary', { name: 'Inspector' }).getByLabel(field, { exact: true }).click()
  await page.getByRole('option', { name: option }).click()
}
