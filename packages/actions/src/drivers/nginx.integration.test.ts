import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeDriver } from '../../test/conformance.ts'
import { freely } from '../../test/edge-world.ts'
import { startFaultProxy } from '../../test/fault-proxy.ts'
import { freePorts } from '../../test/haproxy-world.ts'
import type { Driver, Intent, SettingValue } from '../driver.ts'
import { createNginxDriver } from './nginx.ts'

const target = 'payment'
const token = 'a-token'
const set = (values: Record<string, SettingValue>): Intent => ({ kind: 'set-values', target, values })

const settings = {
  targets: {
    payment: {
      limit: {
        values: [
          { value: 5, file: 'payment-limit-5' },
          { value: 500, file: 'payment-limit-500' },
        ],
      },
      answers: { otherwise: 'live', values: [{ value: 'cached', file: 'payment-answers-cached' }] },
    },
  },
}

interface NginxWorld {
  front: string
  adminPort: number
  reload(): Promise<void>
  stop(): Promise<void>
  close(): Promise<void>
}

/** A real nginx with the lines of docs/drivers.md. */
async function startNginx(): Promise<NginxWorld> {
  const binary =
    process.env.TENON_NGINX_BIN ?? ['/usr/sbin/nginx', '/usr/local/sbin/nginx'].find((file) => existsSync(file))
  if (!binary)
    throw new Error(
      'nginx is not installed. Install it (Debian: apt-get install nginx) or set TENON_NGINX_BIN to its path.',
    )
  const folder = await mkdtemp(path.join(tmpdir(), 'tenon-nginx-'))
  await chmod(folder, 0o755)
  for (const each of ['on', 'www', 'www/payment', 'temp']) await mkdir(path.join(folder, each))
  await writeFile(path.join(folder, 'settings.json'), JSON.stringify(settings))
  await writeFile(path.join(folder, 'www/payment/live'), 'live')
  await writeFile(path.join(folder, 'www/payment/cached'), 'cached')
  const [frontPort, adminPort] = await freePorts()
  const file = path.join(folder, 'nginx.conf')
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${folder}/temp/${of};`)
  await writeFile(
    file,
    `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 64; }
http {
  access_log off;
  ${temp.join(' ')}
  limit_req_zone $limit_5 zone=limit_5:1m rate=5r/s;
  limit_req_zone $limit_500 zone=limit_500:1m rate=500r/s;
  limit_req_status 429;
  server {
    listen 127.0.0.1:${frontPort};
    root ${folder}/www;
    set $limit_5 "";
    set $limit_500 "";
    set $answers live;
    if (-f ${folder}/on/payment-limit-5) { set $limit_5 payment; }
    if (-f ${folder}/on/payment-limit-500) { set $limit_5 ""; set $limit_500 payment; }
    if (-f ${folder}/on/payment-answers-cached) { set $answers cached; }
    location /payment/ {
      limit_req zone=limit_5;
      limit_req zone=limit_500 burst=100 nodelay;
      try_files /payment/$answers =404;
    }
  }
  server {
    listen 127.0.0.1:${adminPort};
    root ${folder};
    if ($http_authorization != "Bearer ${token}") { return 401; }
    location = /settings.json { }
    location /on/ { dav_methods PUT DELETE; client_max_body_size 1k; }
    location / { return 404; }
  }
}
`,
  )
  const front = `http://127.0.0.1:${frontPort}`
  const child: ChildProcess = spawn(binary, ['-c', file, '-p', folder], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const answers = async (): Promise<void> => {
    for (let attempt = 0; attempt < 100; attempt++) {
      if (await fetch(`${front}/none`).catch(() => null)) return
      await sleep(50)
    }
    throw new Error(`nginx did not start: ${said}`)
  }
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    // Its worker ends with it; after a SIGKILL it would not.
    child.kill('SIGTERM')
    await gone
  }
  await answers()
  return {
    front,
    adminPort,
    async reload() {
      child.kill('SIGHUP')
      await sleep(300)
      await answers()
    },
    stop,
    async close() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const driverAt = (port: number, of: string = token): Driver =>
  createNginxDriver({ address: `http://127.0.0.1:${port}`, token: of, timeoutMs: 1500 })

describeDriver('nginx settings', async () => {
  const nginx = await startNginx()
  const between = await startFaultProxy({
    upstreamPort: nginx.adminPort,
    kindOf: (text) => (/^(GET|HEAD) /.test(text) ? 'read' : /^(PUT|DELETE) /.test(text) ? 'write' : 'more'),
    doneAnswer: 'HTTP/1.1 204 No Content\r\n\r\n',
    endsAfterAnswer: false,
  })
  return {
    driver: driverAt(between.port),
    away: driverAt(1),
    target,
    change: set({ limit: 5, answers: 'cached' }),
    back: set({ limit: null, answers: 'live' }),
    unknownTarget: 'nothing',
    refused: [
      set({}),
      set({ limit: 7 }),
      set({ limit: '5' }),
      set({ answers: '../../settings.json' }),
      set({ replicas: 3 }),
      set({ toString: 'x' }),
      set({ limit: 5, answers: 'off' }),
      { kind: 'set-weights', target, weights: { 'pay-a-1': 0 } },
    ],
    writes: between.writes,
    fail: between.fail,
    touch: () => driverAt(nginx.adminPort).apply(set({ limit: 500 }), freely),
    compares: true,
    vanish: nginx.stop,
    async close() {
      await between.close()
      await nginx.close()
    },
  }
})

describe('nginx, real', () => {
  let world: NginxWorld
  let nginx: Driver
  beforeAll(async () => {
    world = await startNginx()
    nginx = driverAt(world.adminPort)
  }, 20_000)
  afterAll(() => world?.close())

  const refusedOf = async (count: number): Promise<number> => {
    const answers = await Promise.all(Array.from({ length: count }, () => fetch(`${world.front}/payment/pay`)))
    return answers.filter(({ status }) => status === 429).length
  }

  it('limits real requests, changes the limit, and takes it away', async () => {
    expect(await refusedOf(20)).toBe(0)
    await nginx.apply(set({ limit: 5 }), freely)
    expect(await refusedOf(20)).toBeGreaterThan(0)
    await nginx.apply(set({ limit: 500 }), freely)
    expect(await refusedOf(20)).toBe(0)
    expect((await nginx.observe(target)).values).toEqual({ limit: 500, answers: 'live' })
    await nginx.apply(set({ limit: null }), freely)
    expect((await nginx.observe(target)).values).toEqual({ limit: null, answers: 'live' })
  })

  it('what was set outlives a reload', async () => {
    const answer = async (): Promise<string> => (await fetch(`${world.front}/payment/pay`)).text()
    expect(await answer()).toBe('live')
    await nginx.apply(set({ answers: 'cached' }), freely)
    await world.reload()
    expect(await answer()).toBe('cached')
    expect((await nginx.observe(target)).values['answers']).toBe('cached')
    await nginx.apply(set({ answers: 'live' }), freely)
    expect(await answer()).toBe('live')
  })

  it('says that it does not accept a token', async () => {
    await expect(driverAt(world.adminPort, 'other').observe(target)).rejects.toMatchObject({ code: 'target-refused' })
  })
})
