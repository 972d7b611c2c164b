export { clearWeather, type Faults } from './faults.ts';
export type { Target } from './http/upstream.ts';
export { seededRandom } from './random.ts';
export { startFaultProxy, type FaultProxy, type FaultProxyOptions } from './proxy.ts';
export type { Stats } from './stats.ts';
