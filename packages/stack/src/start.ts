/** `npm start`: a thin shell over `startStack` that says what happens and ends all of it with the terminal. */
import { homeDirectory } from './home.ts'
import { openProgress } from './progress.ts'
import { parseStartArguments, START_USAGE } from './start-arguments.ts'
import { startStack } from './start-stack.ts'
import { StackError } from './stack-error.ts'
import type { Stack } from './stack-options.ts'
import type { SupervisorEvent } from './supervisor.ts'

/** What is wrong in the shop that a newcomer meets: a change that makes payments fail in one zone. */
const FIRST_FAULT = 'bad-change'

/** Starts, prints the address, and resolves to the exit code once everything was stopped. */
export async function start(args: string[]): Promise<number> {
  const options = parseStartArguments(args)
  if (!options) {
    console.log(START_USAGE)
    return 0
  }
  const began = performance.now()
  const progress = openProgress((line) => console.log(line))
  const ending = listenForEnd()
  let stack: Stack
  try {
    stack = await startStack({
      home: homeDirectory(),
      ports: 'kept',
      webPort: options.port,
      host: options.host,
      reset: options.reset,
      demo: options.demo,
      dev: options.dev,
      fault: FIRST_FAULT,
      signal: ending.signal,
      report: { ...progress.report, event: (event) => console.log(describe(event)) },
    })
  } catch (error) {
    if (error instanceof StackError && error.code === 'stopped') return 130
    throw error
  } finally {
    progress.close()
  }
  console.log('')
  if (stack.shopUrl) console.log(`  Demo shop  ${stack.shopUrl}  (break it there, or: npm run fault -- list)`)
  console.log('  Ctrl-C stops everything; the data stays. The link signs you in, once, within 15 minutes.\n')
  console.log(`Ready in ${((performance.now() - began) / 1000).toFixed(1)} s: ${stack.adminLink}`)

  await ending.asked
  console.log('\nStopping …')
  ending.onSecond(() => {
    stack.abandon()
    console.log('Killed.')
    process.exit(1)
  })
  await stack.stop()
  console.log('Stopped.')
  return 0
}

interface Ending {
  /** Resolves at the first signal. */
  asked: Promise<void>
  /** Aborts at the first signal. */
  signal: AbortSignal
  onSecond: (act: () => void) => void
}

/**
 * A terminal's Ctrl-C may reach this process twice, from the terminal and through npm: what follows within a moment is the same one.
 */
function listenForEnd(): Ending {
  const SAME_MS = 500
  const controller = new AbortController()
  let firstAt = 0
  let second = (): void => process.exit(1)
  const asked = new Promise<void>((resolve) => {
    const onSignal = (): void => {
      if (firstAt === 0) {
        firstAt = Date.now()
        controller.abort()
        resolve()
      } else if (Date.now() - firstAt > SAME_MS) {
        second()
      }
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  })
  return { asked, signal: controller.signal, onSecond: (act) => (second = act) }
}

function describe(event: SupervisorEvent): string {
  switch (event.kind) {
    case 'ended': {
      const next = event.restartInMs === null ? '' : `; starting it again in ${event.restartInMs / 1000} s`
      return `! ${event.part} ${event.detail}${next}`
    }
    case 'restarted':
      return `✓ ${event.part} runs again`
    case 'killed':
      return `! ${event.part} did not end by itself and was killed`
  }
}
