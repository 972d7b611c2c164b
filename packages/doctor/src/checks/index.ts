/** All checks, by name. */
import type { CheckName } from '../finding.ts';
import type { Check } from '../probe.ts';
import { bodies } from './bodies.ts';
import { buffering } from './buffering.ts';
import { cookies } from './cookies.ts';
import { cors } from './cors.ts';
import { frames } from './frames.ts';
import { held } from './held.ts';
import { idle } from './idle.ts';
import { latency } from './latency.ts';
import { requests } from './requests.ts';
import { server } from './server.ts';
import { streaming } from './streaming.ts';
import { upgrade } from './upgrade.ts';

export const checks: Readonly<Record<CheckName, Check>> = {
  server,
  upgrade,
  frames,
  idle,
  cors,
  cookies,
  requests,
  latency,
  streaming,
  buffering,
  bodies,
  held,
};
