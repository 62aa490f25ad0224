export * from './action-error.ts'
export * from './driver.ts'
export * from './ledger.ts'
