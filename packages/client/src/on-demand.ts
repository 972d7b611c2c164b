/** HTTP that a page downloads only when a WebSocket does not get through. */
import type { HttpCarrier, HttpOnDemand } from './carriers.ts';
import { sparingPlatform } from './unanswered.ts';

/**
 * For the option `http`: `onDemand(() => import('@holdfast/client/http'))`.
 *
 * @param load asked when HTTP is dialled, until it has answered once; a failure is one of HTTP's, and is tried again
 */
export const onDemand = (load: () => Promise<{ readonly http: HttpCarrier }>): HttpOnDemand => ({
  load,
  platform: sparingPlatform,
});
