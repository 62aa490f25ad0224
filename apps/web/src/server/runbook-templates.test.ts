import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createTemplates } from './runbook-templates.ts'

const packs = fileURLToPath(new URL('../../../../packages/activities/packs', import.meta.url))

test('the packs that ship are read, each with what it answers', async () => {
  const templates = await createTemplates(packs)()
  expect(templates.length).toBeGreaterThanOrEqual(8)
  expect(templates.find(({ name }) => name === 'latency-rise')).toMatchObject({
    title: 'Latency rise',
    diagnoses: { symptoms: ['latency'] },
  })
  expect(templates.every(({ description }) => description.length > 40)).toBe(true)
})

test('what is no runbook is left out, and without a folder there are none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tenon-packs-'))
  try {
    await mkdir(join(folder, 'own'))
    await writeFile(join(folder, 'own', 'broken.yaml'), 'tenon: 1\nname: 7')
    expect(await createTemplates(folder)()).toEqual([])
  } finally {
    await rm(folder, { recursive: true })
  }
  expect(await createTemplates(null)()).toEqual([])
})

test('a folder that is not there yet is read again', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'tenon-packs-')), 'later')
  const templates = createTemplates(folder)
  await expect(templates()).rejects.toThrow('ENOENT')
  await mkdir(folder)
  expect(await templates()).toEqual([])
  await rm(join(folder, '..'), { recursive: true })
})
