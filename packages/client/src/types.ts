/** The types that every entry shows. */
export type { Diagnostic, DiagnosticReason } from './diagnostics.ts';
export type {
  DiagnosticEvent,
  DropEvent,
  HoldfastEventMap,
  SessionLostEvent,
  SocketState,
  StateChangeEvent,
  TransportChangeEvent,
} from './events.ts';
export type { LearnedStorage } from './learned.ts';
export type { WebSocketClass, WebSocketLike } from './environment.ts';
export type {
  HoldfastOptions,
  PlainOptions,
  QueueOptions,
  ReconnectOptions,
  UrlSource,
  WhenFull,
} from './options.ts';
export type { SendData } from './send-data.ts';
export type { TransportName } from './transport.ts';
