export { type Exported, type ExportOptions, exportTemporal } from './export-temporal.ts'
