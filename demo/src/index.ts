/** The demo shop for others: its faults, a client for a running one, its simulator and the parts that tests build from. */
export { startBuiltinEdge } from './edge-builtin.ts'
export { describeFault, faultKind, FAULTS, type FaultKind } from './fault-kinds.ts'
export {
  createGatewayApi,
  type GatewayAnswer,
  type GatewayApi,
  type GatewayRequest,
  type GatewayState,
} from './gateway-api.ts'
export { haproxyConfig, RATE_LIMIT_MAPS } from './haproxy-config.ts'
export { backfill, historyBegin, newestSample } from './history.ts'
export { importSeries, makeQueryable, postSeries } from './import-series.ts'
export { createShopClient, type ShopClient, type ShopState } from './shop-client.ts'
export { ShopError, type ShopErrorCode } from './shop-error.ts'
export { createSimulator, simulate, type SimulatedFault } from './simulate.ts'
export { HOSTS, SERVICES, ZONES, type Host } from './world.ts'
