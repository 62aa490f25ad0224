/**
 * The real servers that Tenon runs on one machine, and where each may come from. Versions are pinned, so that two machines behave
 * alike; what a user put in an environment variable or on PATH wins, because it is theirs.
 */
import { homedir } from 'node:os'
import { join } from 'node:path'

export interface Download {
  url: string
  /** A published list of SHA-256 sums with this file's name in it. */
  checksums: string
  /** The executable's name inside the archive. */
  member: string
}

export interface Tool {
  /** Kebab-case; the executable's name in the cache. */
  name: string
  title: string
  version: string
  /** The environment variable that names an executable. */
  variable: string
  /** Names on PATH, most wanted first. */
  onPath: string[]
  /** Official releases for a platform; empty when there are none. */
  downloads: (platform: NodeJS.Platform, arch: string) => Download[]
  /** Buildable with `go install <this>@v<version>`. */
  goPackage: string | null
  /** Its package in Debian, where that has another name. */
  debian?: string
  /** How long a build from source takes on a small machine, for people who wait. */
  buildTakes: string
}

export const temporalTool: Tool = {
  name: 'temporal',
  title: 'Temporal',
  version: '1.5.1',
  variable: 'TENON_TEMPORAL_BIN',
  onPath: ['temporal'],
  downloads(platform, arch) {
    const system = goPlatform(platform)
    const machine = goArchitecture(arch)
    if (!system || !machine) return []
    const file = `temporal_cli_${this.version}_${system}_${machine}.tar.gz`
    const release = `https://github.com/temporalio/cli/releases/download/v${this.version}`
    return [{ url: `${release}/${file}`, checksums: `${release}/checksums.txt`, member: 'temporal' }]
  },
  goPackage: 'github.com/temporalio/cli/cmd/temporal',
  buildTakes: 'about 3 minutes, once a machine',
}

export const metricsTool: Tool = {
  name: 'victoria-metrics',
  title: 'VictoriaMetrics',
  version: '1.130.0',
  variable: 'TENON_VICTORIA_METRICS_BIN',
  onPath: ['victoria-metrics', 'victoria-metrics-prod'],
  downloads(platform, arch) {
    const system = goPlatform(platform)
    const machine = goArchitecture(arch)
    if (!system || !machine) return []
    const name = `victoria-metrics-${system}-${machine}-v${this.version}`
    const release = `https://github.com/VictoriaMetrics/VictoriaMetrics/releases/download/v${this.version}`
    return [
      {
        url: `${release}/${name}.tar.gz`,
        checksums: `${release}/${name}_checksums.txt`,
        member: 'victoria-metrics-prod',
      },
    ]
  },
  goPackage: 'github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics',
  buildTakes: 'about 30 seconds, once a machine',
}

/** Found or not, never fetched: Debian and Homebrew have it, and the shop has its own edge without it. */
export const haproxyTool: Tool = {
  name: 'haproxy',
  title: 'HAProxy',
  version: '2.6',
  variable: 'TENON_HAPROXY_BIN',
  onPath: ['haproxy'],
  downloads: () => [],
  goPackage: null,
  buildTakes: '',
}

/** For tests of its driver only. Debian's `nginx` has the dav module that the driver writes through. */
export const nginxTool: Tool = {
  name: 'nginx',
  title: 'nginx',
  version: '1.22',
  variable: 'TENON_NGINX_BIN',
  onPath: ['nginx'],
  downloads: () => [],
  goPackage: null,
  buildTakes: '',
}

/** For tests of data sources only: what is named is its package in Debian. */
export const mariadbTool: Tool = {
  name: 'mariadb-server',
  title: 'MariaDB',
  version: 'any',
  variable: 'TENON_MARIADB_BIN',
  onPath: ['mariadbd', 'mysqld'],
  downloads: () => [],
  goPackage: null,
  buildTakes: '',
}

/** For tests of data sources only. */
export const prometheusTool: Tool = {
  name: 'prometheus',
  title: 'Prometheus',
  version: 'any',
  variable: 'TENON_PROMETHEUS_BIN',
  onPath: ['prometheus'],
  downloads: () => [],
  goPackage: null,
  buildTakes: '',
}

/** Evaluates the demo's alert rules on the metrics store. */
export const vmalertTool: Tool = {
  name: 'vmalert',
  title: 'vmalert',
  version: metricsTool.version,
  variable: 'TENON_VMALERT_BIN',
  onPath: ['vmalert', 'vmalert-prod'],
  downloads(platform, arch) {
    const system = goPlatform(platform)
    const machine = goArchitecture(arch)
    if (!system || !machine) return []
    const name = `vmutils-${system}-${machine}-v${this.version}`
    const release = `https://github.com/VictoriaMetrics/VictoriaMetrics/releases/download/v${this.version}`
    return [{ url: `${release}/${name}.tar.gz`, checksums: `${release}/${name}_checksums.txt`, member: 'vmalert-prod' }]
  },
  goPackage: 'github.com/VictoriaMetrics/VictoriaMetrics/app/vmalert',
  buildTakes: 'about 20 seconds, once a machine',
}

export const alertmanagerTool: Tool = {
  name: 'alertmanager',
  title: 'Alertmanager',
  version: '0.28.1',
  variable: 'TENON_ALERTMANAGER_BIN',
  onPath: ['alertmanager', 'prometheus-alertmanager'],
  downloads(platform, arch) {
    const system = goPlatform(platform)
    const machine = goArchitecture(arch)
    if (!system || !machine) return []
    const name = `alertmanager-${this.version}.${system}-${machine}`
    const release = `https://github.com/prometheus/alertmanager/releases/download/v${this.version}`
    return [
      { url: `${release}/${name}.tar.gz`, checksums: `${release}/sha256sums.txt`, member: `${name}/alertmanager` },
    ]
  },
  debian: 'prometheus-alertmanager',
  goPackage: 'github.com/prometheus/alertmanager/cmd/alertmanager',
  buildTakes: 'about a minute, once a machine',
}

/** For the browser tests only. */
export const browserTool: Tool = {
  name: 'chromium',
  title: 'Chromium',
  version: 'any',
  variable: 'TENON_CHROMIUM_BIN',
  onPath: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  downloads: () => [],
  goPackage: null,
  buildTakes: '',
}

/** `~/.cache/tenon` (XDG_CACHE_HOME is heeded): outside the work tree, so that every clone shares it. */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tenon')
}

function goPlatform(platform: NodeJS.Platform): string | null {
  return platform === 'linux' || platform === 'darwin' ? platform : null
}

function goArchitecture(arch: string): string | null {
  if (arch === 'x64') return 'amd64'
  return arch === 'arm64' ? 'arm64' : null
}
