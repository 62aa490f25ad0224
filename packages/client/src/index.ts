export { createTenonClient, type ClientOptions, type TenonClient } from './create-tenon-client.ts'
export { eachItem } from './each-item.ts'
export type * from './generated/tenon-api.ts'
export { TenonError, type TenonProblem } from './tenon-error.ts'
