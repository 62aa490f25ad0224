/** Critical notices over a real PostgreSQL and a real receiver that fails at first. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSecretBox, openDatabase, type Database } from '@tenon/db'
import { migrate } from '@tenon/db/migrate'
import { createTestDatabase, type TestDatabase } from '@tenon/db/test-database'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createPager } from './page-people.ts'

interface Heard {
  key: string | undefined
  authorization: string | undefined
  body: unknown
}

let database: TestDatabase
let db: Database
let receiver: Server
let heard: Heard[] = []
let answer: (path: Heard) => number = () => 200

beforeAll(async () => {
  database = await createTestDatabase()
  await migrate(database.url)
  db = openDatabase(database.url, { secretBox: createSecretBox(Buffer.alloc(32, 7).toString('base64')) })
  receiver = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => void (text += chunk.toString()))
    request.on('end', () => {
      const one = {
        key: String(request.headers['idempotency-key']),
        authorization: request.headers.authorization,
        body: JSON.parse(text) as unknown,
      }
      heard.push(one)
      response.writeHead(answer(one)).end()
    })
  })
  await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve))
  const { port } = receiver.address() as AddressInfo
  await db.connections.save({ name: 'pager', kind: 'webhook', url: `http://127.0.0.1:${port}/page`, secret: 'abc' })
})
afterAll(async () => {
  receiver?.close()
  await db?.close()
  await database?.drop()
})
beforeEach(() => {
  heard = []
  answer = () => 200
})

const round = () => createPager({ db, publicUrl: 'https://tenon.example.com' }).round(new AbortController().signal)
const post = (key: string, severity: 'info' | 'warning' | 'critical' = 'critical') =>
  db.inbox.post({ key, title: `Title of ${key}`, body: 'Body', severity, link: '/actions' })

test('without a channel nothing is posted, and what is older than the channel never is', async () => {
  await post('before')
  expect(await round()).toEqual([])
  await db.paging.setChannel('pager', 'ann')
  expect(await round()).toEqual([])
  expect(heard).toEqual([])
})

test('a critical notice is posted once, with its key, its link and the secret of the connection', async () => {
  await post('fire')
  await post('smoke', 'warning')
  expect(await round()).toEqual(['Title of fire'])
  expect(await round()).toEqual([])
  expect(heard).toMatchObject([
    {
      key: 'fire',
      authorization: 'Bearer abc',
      body: { title: 'Title of fire', body: 'Body', severity: 'critical', url: 'https://tenon.example.com/actions' },
    },
  ])
  expect(await db.paging.lastSent()).not.toBeNull()
})

test('one that is not taken is tried again under the same key, and holds up no other', async () => {
  answer = ({ key }) => (key === 'first' ? 503 : 200)
  await post('first')
  await post('second')
  expect(await round()).toEqual(['Title of second'])
  answer = () => 503
  await post('third')
  expect(await round()).toEqual([])
  expect((await db.paging.trouble())?.message).toContain('The webhook pager answered 503.')
  answer = () => 200
  expect((await round()).toSorted()).toEqual(['Title of first', 'Title of third'])
  expect(await db.paging.trouble()).toBeNull()
  expect(heard.filter(({ key }) => key === 'first')).toHaveLength(3)
})

test('what waits for one channel goes to the next', async () => {
  await db.paging.setChannel('gone', 'ann')
  await post('moved')
  expect(await round()).toEqual([])
  expect((await db.paging.trouble())?.message).toContain('There is no connection gone.')
  await db.paging.setChannel('pager', 'ann')
  expect(await db.paging.trouble()).toBeNull()
  expect(await round()).toEqual(['Title of moved'])
  await db.paging.setChannel(null, 'ann')
  await post('quiet')
  expect(await round()).toEqual([])
})
