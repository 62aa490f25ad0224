/** A supervisor in a process of its own, for the test that kills it. Prints the part's process id once it runs. */
import { Supervisor } from '../src/supervisor.ts'

const [logDirectory = '', script = ''] = process.argv.slice(2)
const supervisor = new Supervisor({ logDirectory })
await supervisor.start({ name: 'part', command: process.execPath, args: ['-e', script], ready: async () => true })
console.log(supervisor.running()[0]?.pid)
setInterval(() => undefined, 1_000)
