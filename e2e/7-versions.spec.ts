/** Versions of a runbook: comments kept, two drafts brought together, published in an environment, compared, promoted and rolled back. */
import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'

const source = `# Ask the payments team before you change this.
tenon: 1
name: versions-check
title: Versions check
nodes:
  conclude:
    type: judge.conclude # what it comes to
    title: Begin
  tell:
    type: act.notify
    with: { title: It is over, body: All is said. }
edges:
  - { from: conclude, on: always, to: tell } # whatever it was
layout:
  conclude: { x: 0, y: 0 }
  tell: { x: 320, y: 0 }
`

interface Draft {
  revision: number
  source: string
}

/** As another browser of the same person would: beside the page, so that what is done to the page's requests does not touch it. */
function api(page: Page) {
  const origin = new URL(page.url()).origin
  return {
    async draft(): Promise<Draft> {
      const input = encodeURIComponent(JSON.stringify({ json: { name: 'versions-check' } }))
      const answer = await page.request.get(`${origin}/api/trpc/runbooks.get?input=${input}`)
      const { result } = await answer.json()
      return result.data.json.draft
    },
    async save(draft: Draft): Promise<void> {
      const data = { json: { name: 'versions-check', baseRevision: draft.revision, source: draft.source } }
      const answer = await page.request.post(`${origin}/api/trpc/runbooks.saveDraft`, { data, headers: { origin } })
      expect(answer.ok()).toBe(true)
    },
  }
}

async function setTitle(page: Page, step: string, title: string): Promise<void> {
  await page.locator(`[data-step=${step}]`).click()
  await page.getByRole('tab', { name: 'Behaviour' }).click()
  await page.getByTestId('step-title').fill(title)
}

test('a draft is merged, published in stages, compared and rolled back', async ({ page }) => {
  test.setTimeout(240_000)
  const saved = page.getByText(/^draft, saved/)

  await test.step('a text with comments is a runbook on the canvas', async () => {
    await page.goto('/runbooks')
    await page.getByRole('button', { name: /^New runbook/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Title').fill('Versions check')
    await dialog.getByRole('button', { name: /^Create/ }).click()
    await expect(page).toHaveURL(/\/runbooks\/versions-check/)
    await page.getByRole('button', { name: 'YAML' }).click()
    await page.getByTestId('yaml-source').fill(source)
    await page.getByRole('button', { name: 'Back to the canvas' }).click()
    await expect(page.locator('[data-step=tell]')).toBeVisible()
    await expect(saved).toBeVisible()
  })

  await test.step('what the canvas changes leaves the comments alone', async () => {
    await setTitle(page, 'conclude', 'What is it?')
    await expect
      .poll(async () => (await api(page).draft()).source)
      .toBe(source.replace('title: Begin', 'title: What is it?'))
  })

  await test.step('it is published in production, with a note', async () => {
    await page.getByRole('button', { name: 'Publish…' }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByText('Nothing is live in production yet')).toBeVisible()
    await dialog.getByLabel('Note').fill('The first.')
    await dialog.getByRole('button', { name: 'Publish in production' }).click()
    await expect(page.getByText('v1 live')).toBeVisible()
  })

  await test.step('two drafts are brought together, and the person chooses where they collide', async () => {
    const before = await api(page).draft()
    await page.route(/runbooks\.saveDraft/, (route) => route.abort())
    await setTitle(page, 'conclude', 'Mine')
    await api(page).save({
      ...before,
      source: before.source.replace('What is it?', 'Theirs').replace('It is over', 'It is over now'),
    })
    await page.unroute(/runbooks\.saveDraft/)
    const dialog = page.getByRole('dialog')
    const save = dialog.getByRole('button', { name: 'Save the merged draft' })
    await expect(save).toHaveAttribute('aria-disabled', 'true')
    await expect(dialog.getByRole('region', { name: 'Comes from theirs' })).toContainText('It is over now')
    const { violations } = await new AxeBuilder({ page }).include('[role=dialog]').analyze()
    expect(violations.map(({ id }) => id)).toEqual([])
    await page.screenshot({ path: test.info().outputPath('merge.png') })
    await dialog.getByRole('radio', { name: /^Theirs/ }).focus()
    await page.keyboard.press('Space')
    await save.click()
    await expect(saved).toBeVisible()
    const after = await api(page).draft()
    expect(after.source).toBe(source.replace('title: Begin', 'title: Theirs').replace('It is over', 'It is over now'))
  })

  const versions = page.getByRole('dialog', { name: 'Versions' })
  await test.step('the difference is shown, and the next version is live in staging only', async () => {
    await page.getByRole('button', { name: 'Publish…' }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByTestId('diff')).toContainText('tell: title It is over → It is over now')
    await dialog.getByRole('combobox', { name: 'Environment' }).click()
    await page.getByRole('option', { name: /^staging/ }).click()
    await dialog.getByRole('button', { name: 'Publish in staging' }).click()
    await expect(dialog).toBeHidden()
    await expect(page.getByText('v1 live')).toBeVisible()
    await page.getByRole('button', { name: 'Versions', exact: true }).click()
    await expect(versions.getByTestId('version-2')).toContainText('live in staging')
    await expect(versions.getByTestId('version-1')).toContainText('The first.')
    await page.screenshot({ path: test.info().outputPath('versions.png') })
  })

  await test.step('it is promoted to production, and rolled back', async () => {
    const makeLive = async (version: number): Promise<void> => {
      await versions.getByTestId(`version-${version}`).getByRole('button', { name: 'Make live' }).click()
      await page.getByRole('menuitem', { name: 'In production…' }).click()
      await expect(page.getByRole('dialog').getByTestId('diff')).toContainText('conclude: title')
      await page.getByRole('dialog').getByRole('button', { name: 'Make it live' }).click()
      await expect(versions.getByTestId(`version-${version}`)).toContainText('live in production')
    }
    await makeLive(2)
    await makeLive(1)
    await page.keyboard.press('Escape')
    await expect(page.getByText('v1 live')).toBeVisible()
  })

  await test.step('the list says that the draft differs', async () => {
    await page.goto('/runbooks')
    await expect(page.getByTestId('runbook-versions-check')).toContainText('draft differs')
  })
})
