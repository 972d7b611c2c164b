/** All decoders that are fuzzed by themselves. */
import { bodyDecoders } from './body-decoders.ts';
import type { Decoder } from './decoder.ts';
import { endpoint } from './endpoint-decoder.ts';
import { headerDecoders } from './header-decoders.ts';
import { lineDecoders } from './line-decoders.ts';

export const decoders: readonly Decoder[] = [...lineDecoders, ...bodyDecoders, ...headerDecoders, endpoint];
