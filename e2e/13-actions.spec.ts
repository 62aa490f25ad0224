/** An action from a diagnosis to its end, on a phone: plan, approval, traffic moves, verified, the lease ends, everything is as it was. */
import { expect, test } from '@playwright/test'
import { edgeServers, requestsWithin } from './edge.ts'

const zoneA = ['pay-a-1', 'pay-a-2', 'pay-a-3']
const leaseSeconds = 45

const source = `tenon: 1
name: short-switch
title: Short switch
params:
  chain: { type: chain, default: card-payment }
nodes:
  loss:
    type: judge.chain-loss
    with: { chain: '\${params.chain}' }
  conclude: { type: judge.conclude, with: { actionStep: approve } }
  approve:
    type: steer.approve
    with: { question: Switch payment traffic from zone A to zone B?, allowRequester: true }
  switch:
    type: act.traffic-switch
    with: { entity: payment, fromZone: A, toZone: B, lease: ${leaseSeconds}s }
edges:
  - { from: loss, on: always, to: conclude }
  - { from: conclude, on: always, to: approve }
  - { from: approve, on: approved, to: switch }
`

const weightsOfZoneA = async (): Promise<(number | undefined)[]> => {
  const servers = await edgeServers('payment')
  return zoneA.map((name) => servers[name]?.weight)
}

test.use({ hasTouch: true })

test('from a diagnosis to traffic that moves and comes back by itself, on a phone', async ({ page, request }) => {
  test.setTimeout(240_000)
  const authorized = { authorization: `Bearer ${process.env.E2E_API_TOKEN}` }

  await test.step('a runbook with a short lease is published, and a rehearsal of it changes nothing', async () => {
    await page.goto('/runbooks')
    await page.getByRole('button', { name: /^New runbook/ }).click()
    await page.getByRole('dialog').getByLabel('Title').fill('Short switch')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Create/ })
      .click()
    await expect(page).toHaveURL(/\/runbooks\/short-switch/)
    await page.getByRole('button', { name: 'YAML' }).click()
    await page.getByTestId('yaml-source').fill(source)
    await expect(page.getByRole('button', { name: 'Problems: no problems' })).toBeVisible()
    await page.getByRole('button', { name: 'Publish…' }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Publish in/ })
      .click()
    await expect(page.getByText('v1 live')).toBeVisible()
    const dry = await request.post('/api/v1/runbooks/short-switch/runs', {
      headers: authorized,
      data: { dryRun: true },
    })
    const { id } = await dry.json()
    const statusOf = async (): Promise<string> =>
      (await (await request.get(`/api/v1/runs/${id}`, { headers: authorized })).json()).status
    await expect.poll(statusOf, { timeout: 60_000 }).toBe('succeeded')
    expect(await weightsOfZoneA()).toEqual([100, 100, 100])
    const { items } = await (await request.get('/api/v1/actions', { headers: authorized })).json()
    expect(items[0]).toMatchObject({ status: 'rehearsed', runbook: 'short-switch' })
  })

  await test.step('the diagnosis concludes and asks', async () => {
    const started = await request.post('/api/v1/runbooks/short-switch/runs', { headers: authorized, data: {} })
    const { id } = await started.json()
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`/runs/${id}`)
    await page
      .getByRole('link', { name: /^Review plan/ })
      .first()
      .click()
    await expect(page.getByRole('heading', { name: 'Switch payment traffic from zone A to zone B?' })).toBeVisible()
  })

  await test.step('the plan fits the phone, and a yes signs it', async () => {
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(wider).toBe(0)
    await expect(page.getByRole('row', { name: /pay-a-1 weight 100/ })).toContainText('weight 0')
    expect(await weightsOfZoneA()).toEqual([100, 100, 100])
    await page.getByRole('button', { name: 'Approve', exact: true }).tap()
    await expect(page.getByRole('button', { name: 'Yes, approve' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('button', { name: 'Approve', exact: true })).toBeFocused()
    expect(await weightsOfZoneA()).toEqual([100, 100, 100])
    // Two taps decide.
    await page.getByRole('button', { name: 'Approve', exact: true }).tap()
    await page.getByRole('button', { name: 'Yes, approve' }).tap()
  })

  await test.step('the edge really moves requests', async () => {
    await expect.poll(weightsOfZoneA).toEqual([0, 0, 0])
    const requests = await requestsWithin('payment', 3)
    expect(zoneA.map((name) => requests[name])).toEqual([0, 0, 0])
  })

  await test.step('it is verified, and in effect with the time that is left', async () => {
    await page.goto('/actions')
    const row = page.getByRole('listitem').filter({ hasText: 'Switch Payment traffic from zone A to zone B' }).first()
    await expect(row).toContainText('reverts in')
    await expect(row).toContainText('verified')
  })

  await test.step('the lease ends, and everything is as it was', async () => {
    await expect.poll(weightsOfZoneA, { timeout: (leaseSeconds + 30) * 1000 }).toEqual([100, 100, 100])
    const { items } = await (await request.get('/api/v1/actions', { headers: authorized })).json()
    expect(items[0]).toMatchObject({ status: 'expired', runbook: 'short-switch' })
  })
})
