import { createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { createTestDatabase } from '../test/test-database.ts'
import { openStore } from './store.ts'

/** A message of PostgreSQL's protocol 3: its type, the length of the rest, the rest. */
function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length + 4)
  return Buffer.concat([Buffer.from(type), length, body])
}

test('a connection that PostgreSQL ends in the moment in which it is handed out fails its statement, not the process', async () => {
  const ready = [message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]
  const ended = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection\0\0'))
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(Buffer.concat([...ready, ended])))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port.')
  const store = openStore(`postgresql://a:b@127.0.0.1:${address.port}/c`, { connections: 1 })
  try {
    // Vitest fails when an error reaches nobody.
    await expect(store.write(async () => 1)).rejects.toThrow(/connection/i)
    await expect(store.client.$queryRaw`SELECT 1`).rejects.toThrow(/connection/i)
  } finally {
    await store.close()
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
})

test('a process that is held up in its turn loses it: the next has its own, and what the first did is not done', async () => {
  const database = await createTestDatabase()
  const store = openStore(database.url, { connections: 2 })
  const write = (note: string) => ({ name: `write-${note}`, text: `INSERT INTO "turn" VALUES ('${note}')` })
  try {
    await database.query('CREATE TABLE "turn" ("note" text)')
    const began = Promise.withResolvers<void>()
    const goesOn = Promise.withResolvers<void>()
    const heldUp = store.serial('turn', async (run) => {
      await run(write('held-up'), [])
      began.resolve()
      await goesOn.promise
    })
    await began.promise
    await store.serial('turn', (run) => run(write('next'), []))
    goesOn.resolve()
    await expect(heldUp).rejects.toThrow(/connection|terminat|not queryable/i)
    expect(await database.query('SELECT "note" FROM "turn"')).toEqual([{ note: 'next' }])
  } finally {
    await store.close()
    await database.drop()
  }
})
