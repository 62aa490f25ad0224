/** `npm run fault`: breaks the running demo shop, or mends it. */
import { parseArgs } from 'node:util'
import { createShopClient, faultKind, FAULTS } from '@tenon/demo'
import { homeDirectory } from './home.ts'
import { needRunning } from './running.ts'
import { StackError } from './stack-error.ts'

const USAGE = 'npm run fault -- <kind> [--severity 0..1], npm run fault -- clear, npm run fault -- list'

/** Prints what it did; resolves to the exit code. @throws StackError `not-running`, `no-shop`, `bad-argument`. */
export async function fault(args: string[]): Promise<number> {
  const { what, severity } = parse(args)
  if (what === 'list') {
    const width = Math.max(...FAULTS.map(({ kind }) => kind.length))
    for (const { kind, meaning, defaultSeverity } of FAULTS) {
      console.log(`${kind.padEnd(width)}  ${meaning} Severity ${defaultSeverity} unless told.`)
    }
    return 0
  }
  const { shopUrl } = needRunning(homeDirectory())
  if (shopUrl === null) {
    throw new StackError('no-shop', 'Tenon runs without the demo shop.', 'Start it without --no-demo.')
  }
  const shop = createShopClient(shopUrl)
  if (what === 'clear') {
    await shop.clearFaults()
    console.log('The shop is mended. It takes a minute or two until its figures say so.')
    return 0
  }
  const kind = faultKind.safeParse(what)
  if (!kind.success) {
    throw new StackError('bad-argument', `The shop has no fault "${what}".`, `Faults: ${faultKind.options.join(', ')}.`)
  }
  await shop.setFault(kind.data, severity)
  const meaning = FAULTS.find((each) => each.kind === kind.data)?.meaning ?? ''
  console.log(`${meaning}\nMend it with: npm run fault -- clear. Watch it on ${shopUrl}`)
  return 0
}

function parse(args: string[]): { what: string; severity: number | undefined } {
  const { values, positionals } = parseArgs({
    args,
    strict: false,
    allowPositionals: true,
    options: { severity: { type: 'string' } },
  })
  const [what, ...more] = positionals
  if (what === undefined || more.length > 0) throw new StackError('bad-argument', 'Name one fault.', USAGE)
  if (values.severity === undefined) return { what, severity: undefined }
  const severity = Number(values.severity)
  if (typeof values.severity !== 'string' || values.severity === '' || !(severity > 0 && severity <= 1)) {
    throw new StackError(
      'bad-argument',
      `--severity ${values.severity} is not a share.`,
      'Give a number above 0, at most 1.',
    )
  }
  return { what, severity }
}
