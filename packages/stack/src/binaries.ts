/**
 * Finds a real server, in this order: environment variable, PATH, cache, official download, `go install`. It always says which, and
 * never stands something else in: when nothing works the error lists what was tried and what to install.
 */
import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fetchArchive } from './download.ts'
import { StackError } from './stack-error.ts'
import { cacheDirectory, type Tool } from './tools.ts'

export type Origin = 'environment' | 'path' | 'cache' | 'download' | 'go install'

export interface FoundTool {
  tool: Tool
  path: string
  origin: Origin
}

export interface FindOptions {
  environment?: NodeJS.ProcessEnv
  cache?: string
  /** Told what is being tried, one line each. */
  say?: (line: string) => void
  /** Gives up a build from source. */
  signal?: AbortSignal
  /** Fetches an official release into a folder; replaced in tests. */
  download?: typeof fetchArchive
}

/**
 * Looks only at what is on the machine already: environment variable, PATH, cache.
 *
 * @throws StackError `part-missing` when the environment variable names no executable.
 */
export function lookUpTool(tool: Tool, options: FindOptions = {}): FoundTool | null {
  const environment = options.environment ?? process.env
  const named = environment[tool.variable]
  if (named) {
    if (!isExecutable(named)) {
      throw new StackError(
        'part-missing',
        `${tool.variable} names ${named}, which is not an executable file.`,
        `Correct ${tool.variable}, or unset it to let Tenon find ${tool.title}.`,
      )
    }
    return { tool, path: named, origin: 'environment' }
  }
  const onPath = findOnPath(tool.onPath, environment)
  if (onPath) return { tool, path: onPath, origin: 'path' }
  const cached = cachedPath(tool, options.cache ?? cacheDirectory(environment))
  return isExecutable(cached) ? { tool, path: cached, origin: 'cache' } : null
}

/**
 * Finds a tool, or gets it.
 *
 * @throws StackError `part-missing` with everything that was tried and how to install it.
 */
export async function findTool(tool: Tool, options: FindOptions = {}): Promise<FoundTool> {
  const here = lookUpTool(tool, options)
  if (here) return here
  const environment = options.environment ?? process.env
  const cached = cachedPath(tool, options.cache ?? cacheDirectory(environment))
  const say = options.say ?? (() => undefined)
  const tried = [`${tool.variable} is not set`, `${tool.onPath.join(', ')} not on PATH`, `not at ${cached}`]

  for (const download of tool.downloads(process.platform, process.arch)) {
    say(`${tool.title} ${tool.version}: downloading from ${new URL(download.url).host}`)
    try {
      await intoPlace(cached, (folder) => (options.download ?? fetchArchive)(download, folder, tool.name))
      return { tool, path: cached, origin: 'download' }
    } catch (error) {
      tried.push(`download: ${reason(error)}`)
    }
  }
  const go = tool.goPackage ? findOnPath(['go'], environment) : null
  if (tool.goPackage && !go) tried.push('go is not on PATH')
  if (tool.goPackage && go) {
    say(`${tool.title} ${tool.version}: building with go install (${tool.buildTakes})`)
    try {
      await intoPlace(cached, (folder) =>
        goInstall(go, `${tool.goPackage}@v${tool.version}`, { folder, environment, signal: options.signal }),
      )
      return { tool, path: cached, origin: 'go install' }
    } catch (error) {
      tried.push(`go install: ${reason(error)}`)
    }
  }
  throw new StackError(
    'part-missing',
    `${tool.title} ${tool.version} was not found: ${tried.join('; ')}.`,
    howToInstall(tool),
  )
}

/** What to do when a tool is missing, for the error and the doctor. */
export function howToInstall(tool: Tool): string {
  if (tool.goPackage) {
    if (tool.debian) {
      return `Install ${tool.title} (Debian: apt-get install ${tool.debian}; macOS: brew install ${tool.name}), set ${tool.variable}, or install Go so that Tenon can build it.`
    }
    return `Install ${tool.title} ${tool.version} and put it on PATH or in ${tool.variable}, or install Go so that Tenon can build it.`
  }
  return `Install ${tool.name} (Debian: apt-get install ${tool.name}; macOS: brew install ${tool.name}), or set ${tool.variable}.`
}

/** First of `names` that is executable in a folder of PATH. */
export function findOnPath(names: string[], environment: NodeJS.ProcessEnv = process.env): string | null {
  // npm puts node_modules/.bin first; nothing there is one of our servers, and looking costs nothing.
  const folders = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  for (const name of names) {
    // A service account's PATH often lacks sbin, where Debian puts haproxy.
    for (const folder of [...folders, '/usr/sbin', '/usr/local/sbin']) {
      const path = join(folder, process.platform === 'win32' ? `${name}.exe` : name)
      if (isExecutable(path)) return path
    }
  }
  return null
}

function cachedPath(tool: Tool, cache: string): string {
  return join(cache, 'bin', `${tool.name}-${tool.version}`, tool.name)
}

/** Fills a folder beside its final place and renames it, so that a broken download or build never looks finished. */
async function intoPlace(executable: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const folder = join(executable, '..')
  const unfinished = `${folder}.${process.pid}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  try {
    await fill(unfinished)
    if (!existsSync(executable)) {
      rmSync(folder, { recursive: true, force: true })
      renameSync(unfinished, folder)
    }
    if (!isExecutable(executable)) throw new Error(`it brought no executable ${executable}`)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}

function goInstall(
  go: string,
  target: string,
  { folder, environment, signal }: { folder: string; environment: NodeJS.ProcessEnv; signal?: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(go, ['install', target], {
      env: { ...environment, GOBIN: folder, CGO_ENABLED: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
      signal,
    })
    let errors = ''
    child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2_000)))
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${target} ended with code ${code}: ${errors.trim().split('\n').at(-1) ?? ''}`))
    })
  })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : ''
  return `${error.message}${cause}`
}
