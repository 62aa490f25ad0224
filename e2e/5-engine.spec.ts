/** A runbook with a loop, an approval that asks for more, triggers by the clock and by a signed webhook; then parts of it run again and are compared. */
import { createHmac } from 'node:crypto'
import { expect, test, type Page } from '@playwright/test'

const secret = 'a-secret-that-only-this-test-knows'
const source = `tenon: 1
name: host-sweep
title: Host sweep
# Looked at by hand before it was automated.
params:
  hosts: { type: list, title: Hosts, default: [pay-a-1, pay-a-2, pay-b-1] }
triggers:
  nightly: { kind: schedule, cron: "30 2 * * *", timeZone: Europe/Berlin }
  alerts:
    kind: webhook
    format: generic
    secret: sweep-hook
    when: event.severity == "critical"
    params: { hosts: "\${event.hosts}" }
nodes:
  hosts:
    type: steer.for-each
    with: { items: "\${params.hosts}", concurrency: 2, collect: "\${steps.zone_a.outcome}" }
  zone_a:
    type: steer.branch
    title: Is it in zone A?
    in: hosts
    with: { condition: '\${item.startsWith("pay-a")}' }
  ask:
    type: steer.approve
    with:
      question: Write it down?
      allowRequester: true
      form: { ticket: { type: string, title: Ticket } }
  noted:
    type: steer.set-values
    with: { values: { ticket: "\${steps.ask.output.form.ticket}", looked: "\${steps.hosts.output.count}" } }
edges:
  - { from: hosts, on: done, to: ask }
  - { from: ask, on: approved, to: noted }
`

test('loops, forms, triggers, run from here and compare', async ({ page, request }) => {
  test.setTimeout(240_000)

  await test.step('a hook secret is made once and not shown again', async () => {
    await page.goto('/settings')
    await page.getByRole('button', { name: 'New connection' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('sweep-hook')
    await dialog.getByLabel('Kind').click()
    await page.getByRole('option', { name: /^Hook secret/ }).click()
    await dialog.getByLabel('Secret').fill(secret)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByText('sweep-hook')).toBeVisible()
    await expect(page.getByText(secret)).toHaveCount(0)
  })

  await test.step('a runbook is written as YAML and drawn, the loop around its step', async () => {
    await page.goto('/runbooks')
    await page.getByRole('button', { name: /^New runbook/ }).click()
    await page.getByRole('dialog').getByLabel('Title').fill('Host sweep')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Create/ })
      .click()
    await expect(page).toHaveURL(/\/runbooks\/host-sweep/)
    await page.getByRole('button', { name: 'YAML' }).click()
    await page.getByTestId('yaml-source').fill(source)
    await page.getByRole('button', { name: 'Back to the canvas' }).click()
    await expect(page.getByTestId('loop-hosts')).toBeVisible()
    await expect(page.getByTestId('node-zone_a')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Problems: no problems' })).toBeVisible()
  })

  await test.step('it is published, and its schedule has its next times', async () => {
    await page.getByRole('button', { name: 'Publish…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click()
    await expect(page.getByText('v1 live')).toBeVisible()
    await page.goto('/triggers')
    const row = page.getByRole('listitem').filter({ hasText: 'nightly' }).first()
    await expect(row.getByRole('list', { name: 'Next times' }).getByRole('listitem')).toHaveCount(5)
  })

  await test.step('a pause has a reason that everybody sees', async () => {
    const row = page.getByRole('listitem').filter({ hasText: 'nightly' }).first()
    await row.getByRole('button', { name: /^Pause/ }).click()
    await page.getByRole('dialog').getByLabel('Why').fill('Load test until noon')
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
    await expect(row).toContainText('Load test until noon')
    await row.getByRole('button', { name: /^Resume/ }).click()
    await expect(row.getByRole('list', { name: 'Next times' })).toBeVisible()
  })

  const hook = (body: object, given = secret) => {
    const data = JSON.stringify(body)
    const at = String(Math.floor(Date.now() / 1000))
    const signature = createHmac('sha256', given).update(`${at}.${data}`).digest('hex')
    return request.post(`${process.env.E2E_URL}/api/v1/hooks/host-sweep/alerts`, {
      headers: { 'content-type': 'application/json', 'x-tenon-timestamp': at, 'x-tenon-signature': `v1=${signature}` },
      data,
    })
  }
  const alert = { id: 'incident-1', severity: 'critical', hosts: ['pay-b-2'] }
  const first =
    await test.step('a signed webhook starts a run, the same event again none, a forged one nothing', async () => {
      const answer = await hook(alert)
      expect(answer.status()).toBe(202)
      const { events } = (await answer.json()) as { events: { disposition: string; runId: string }[] }
      expect(events).toMatchObject([{ disposition: 'ran' }])
      expect(await (await hook(alert)).json()).toMatchObject({ events: [{ disposition: 'deduplicated' }] })
      expect(await (await hook({ id: '2', severity: 'info', hosts: [] })).json()).toMatchObject({
        events: [{ disposition: 'filtered' }],
      })
      expect((await hook({ ...alert, id: '3' }, 'guessed')).status()).toBe(401)
      await page.goto('/triggers?tab=inbound')
      for (const word of ['ran', 'deduplicated', 'filtered', 'rejected']) {
        await expect(page.getByText(word, { exact: true }).first()).toBeVisible()
      }
      return events[0]!.runId
    })

  const second = await test.step('a try of the draft asks for a ticket', async () => {
    await page.goto('/runbooks/host-sweep')
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click()
    await expect(page.getByTestId('state-ask')).toBeVisible()
    const run = new URL(page.url()).searchParams.get('run') ?? ''
    await approve(page, run, 'INC-7')
    await page.goto(`/runbooks/host-sweep?run=${run}`)
    await expect(page.getByTestId('state-noted')).toContainText('done')
    return run
  })

  await test.step('run from here takes over what came before, and asks people again', async () => {
    await page.getByTestId('node-ask').click()
    await page.getByRole('tab', { name: 'Last result' }).click()
    await page.getByRole('button', { name: 'Run from here' }).click()
    await expect(page).not.toHaveURL(new RegExp(second))
    const run = new URL(page.url()).searchParams.get('run') ?? ''
    await page.getByTestId('node-hosts').click()
    await page.getByRole('tab', { name: 'Last result' }).click()
    await expect(page.getByText('from the run before')).toBeVisible()
    await approve(page, run, 'INC-8')
    await page.goto(`/runs/${run}/compare?with=${second}`)
    await expect(page.getByTestId('compare-noted')).toContainText('differs: output')
    await expect(page.getByTestId('compare-hosts')).toContainText('the same')
  })

  await test.step('what is left waiting is cancelled', async () => {
    await page.goto(`/runs/${first}`)
    await page.getByRole('button', { name: /^Cancel/ }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('Done with it')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /Cancel the run|Cancel run/ })
      .click()
    await expect(page.getByText('cancelled').first()).toBeVisible()
  })
})

async function approve(page: Page, run: string, ticket: string): Promise<void> {
  await page.goto(`/approvals/${run}/ask`)
  await page.getByLabel('Ticket').fill(ticket)
  await page.getByRole('button', { name: 'Approve', exact: true }).click()
  await expect(page.getByText('approved', { exact: true }).first()).toBeVisible()
}
