/** The stack for tests and tools: real servers, started and stopped. `npm start` is `cli.ts`. */
export { findTool, howToInstall, lookUpTool, type FoundTool } from './binaries.ts'
export { homeDirectory } from './home.ts'
export { metricsStorePart, metricsStoreUrl } from './metrics-store.ts'
export { Ports } from './ports.ts'
export { postgresPart, postgresUrl } from './postgres.ts'
export { StackError } from './stack-error.ts'
export { startStack } from './start-stack.ts'
export type { Stack, StackOptions, StackReport } from './stack-options.ts'
export { Supervisor } from './supervisor.ts'
export { temporalAddress, temporalPart } from './temporal.ts'
export {
  alertmanagerTool,
  browserTool,
  haproxyTool,
  mariadbTool,
  nginxTool,
  metricsTool,
  prometheusTool,
  temporalTool,
  vmalertTool,
} from './tools.ts'
