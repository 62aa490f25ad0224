/** A runbook with a loop and an approval that asks for more than a yes; then it is run from a step on, one step is run alone, and the runs are compared. */
import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'

const source = `tenon: 1
name: host-sweep
title: Host sweep
params:
  hosts: { type: list, default: [pay-a-1, pay-a-2, pay-b-1] }
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
    title: Ask for a ticket
    with:
      question: Write it down?
      allowRequester: true
      form: { ticket: { type: string, title: Ticket } }
  noted:
    type: steer.set-values
    title: Note it
    with: { values: { ticket: "\${steps.ask.output.form.ticket}", looked: "\${steps.hosts.output.count}" } }
edges:
  - { from: hosts, on: done, to: ask }
  - { from: ask, on: approved, to: noted }
`

test('an approval asks for more, and parts of a run are run again and compared', async ({ page }) => {
  test.setTimeout(240_000)

  await test.step('a loop and an approval with a form are drawn from their text', async () => {
    await page.goto('/runbooks')
    await page.getByRole('button', { name: /^New runbook/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Title').fill('Host sweep')
    await dialog.getByRole('button', { name: /^Create/ }).click()
    await expect(page).toHaveURL(/\/runbooks\/host-sweep/)
    await page.getByRole('button', { name: 'YAML' }).click()
    await page.getByTestId('yaml-source').fill(source)
    await page.getByRole('button', { name: 'Back to the canvas' }).click()
    await expect(page.getByTestId('loop-hosts')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Problems: no problems' })).toBeVisible()
  })

  const first = await test.step('a run waits for a person, who fills in its form', async () => {
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click()
    await expect(page.getByTestId('state-ask')).toBeVisible()
    const run = await shownRun(page)
    await page.goto(`/approvals/${run}/ask`)
    await expect(page.getByRole('heading', { level: 2, name: 'Write it down?' })).toBeVisible()
    await approve(page, 'INC-7')
    return run
  })

  const second = await test.step('run from here takes over what came before, and asks people again', async () => {
    await page.goto(`/runbooks/host-sweep?run=${first}`)
    await expect(page.getByTestId('state-noted')).toContainText('done')
    await openResult(page, 'ask')
    await expect(page.getByTestId('inspector')).toContainText('INC-7')
    await page.getByRole('button', { name: 'Run from here' }).click()
    await expect(page).not.toHaveURL(new RegExp(first))
    const run = await shownRun(page)
    await openResult(page, 'hosts')
    await expect(page.getByText('from the run before')).toBeVisible()
    await page.goto(`/approvals/${run}/ask`)
    await approve(page, 'INC-8')
    return run
  })

  await test.step('the two runs are compared step by step', async () => {
    await page.goto(`/runs/${second}/compare?with=${first}`)
    await expect(page.getByTestId('compare-hosts')).toContainText('the same')
    const noted = page.getByTestId('compare-noted')
    await expect(noted).toContainText('differs: output')
    await noted.getByText('1 value of the output').click()
    await expect(noted).toContainText('"INC-7"')
    await expect(noted).toContainText('"INC-8"')
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
  })

  await test.step('one step alone is run, and nothing else', async () => {
    await page.goto(`/runbooks/host-sweep?run=${second}`)
    await openResult(page, 'hosts')
    await page.getByRole('button', { name: 'Run only this' }).click()
    await expect(page).not.toHaveURL(new RegExp(second))
    const run = page.getByRole('region', { name: 'Run' })
    await expect(run.getByText('For each')).toBeVisible()
    await expect(page.getByTestId('state-hosts')).toContainText('done')
    await expect(run.getByText('skipped')).toHaveCount(2)
  })
})

/** The address says it a moment after the run is seen. */
async function shownRun(page: Page): Promise<string> {
  const run = (): string => new URL(page.url()).searchParams.get('run') ?? ''
  await expect.poll(run).not.toBe('')
  return run()
}

async function openResult(page: Page, step: string): Promise<void> {
  await page.getByTestId(`node-${step}`).click()
  await page.getByRole('tab', { name: 'Last result' }).click()
}

async function approve(page: Page, ticket: string): Promise<void> {
  await page.getByLabel('Ticket').fill(ticket)
  await page.getByRole('button', { name: 'Approve', exact: true }).click()
  await page.getByRole('button', { name: 'Yes, approve' }).click()
  await expect(page.getByText(/^approved/i).first()).toBeVisible()
}
