export { Besieged, type Step } from './besieged.ts';
export { fuzzClient } from './client-target.ts';
export { frozen, replay, type Entry } from './corpus.ts';
export { decoders } from './decoders.ts';
export { faults, type Fault } from './faults.ts';
export { failureInWords, fuzz, type Watch } from './guided.ts';
export { fuzzServer, play } from './server-target.ts';
