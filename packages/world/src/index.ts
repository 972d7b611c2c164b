export { VirtualClock } from './clock.ts';
export { Conversation } from './conversation.ts';
export { Ledger } from './ledger.ts';
export { Random } from './random.ts';
export { stateTable } from './state-table.ts';
export { storm, type StormReport } from './storm.ts';
export { fair, type Weather } from './weather.ts';
export { World } from './world.ts';
