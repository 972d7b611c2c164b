/** What lies between here and a Holdfast server: for pages and for Node. */
export { diagnose } from './diagnose.ts';
export { browserEnvironment, type Environment, type WebSocketLike } from './environment.ts';
export { titles, type CheckName, type Finding, type Measured, type Verdict } from './finding.ts';
export { patient, type DoctorOptions, type Patience } from './options.ts';
export { inOrder, summarize, type Summary, type Transport } from './summary.ts';
