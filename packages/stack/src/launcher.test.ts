import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { findOnPath } from './binaries.ts'
import { repository } from './home.ts'

const run = promisify(execFile)
const launcher = fileURLToPath(new URL('../launcher/launch.mjs', import.meta.url))
const DOCTOR = [launcher, 'doctor', '--json']

test('an unknown command is refused with the ones that there are', async () => {
  const failed = run(process.execPath, [launcher, 'strat'], { cwd: repository })
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/Unknown command "strat"\. Commands: start/),
  })
})

test('the doctor answers through it', async () => {
  const { stdout } = await run(process.execPath, DOCTOR, { cwd: repository, timeout: 60_000 })
  expect(JSON.parse(stdout)).toMatchObject({
    findings: expect.arrayContaining([expect.objectContaining({ part: 'Node' })]),
  })
}, 60_000)

// The old Node that a distribution brings, where there is one.
const old = findOnPath(['node'], { PATH: '/usr/bin:/usr/local/bin' })
const isOld = old !== null && !isNewEnough((await run(old, ['--version'])).stdout)

test.runIf(isOld)(
  'on a Node that is too old it gets one and goes on there',
  async () => {
    const { stdout } = await run(old ?? '', DOCTOR, { cwd: repository, timeout: 120_000 })
    const { findings } = JSON.parse(stdout)
    const node = findings.find(({ part }: { part: string }) => part === 'Node')
    expect(isNewEnough(`v${node.found}`)).toBe(true)
  },
  120_000,
)

function isNewEnough(version: string): boolean {
  return Number(/^v(\d+)/.exec(version)?.[1] ?? 0) >= 22
}
