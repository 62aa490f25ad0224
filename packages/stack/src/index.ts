/** The stack for tests and tools: real servers, started and stopped. `npm start` is `cli.ts`. */
export { findTool, lookUpTool, type FoundTool } from './binaries.ts'
export { metricsStorePart, metricsStoreUrl } from './metrics-store.ts'
export { Ports } from './ports.ts'
export { postgresPart, postgresUrl } from './postgres.ts'
export { StackError } from './stack-error.ts'
export { Supervisor } from './supervisor.ts'
export { temporalAddress, temporalPart } from './temporal.ts'
export { browserTool, haproxyTool, metricsTool, temporalTool } from './tools.ts'
