/** What a verdict of the socket's (`diagnostics`) means, in words for a person. `docs/diagnostics.md` says more. */

/** @type {Record<import('@holdfast/client').DiagnosticReason, string>} */
export const reasons = {
  'websocket-failed': 'no WebSocket could be opened: refused on the way, or no way there.',
  'websocket-slow': 'the WebSocket was not answered soon, so HTTP started beside it.',
  'websocket-mute': 'a WebSocket opened, but nothing shows that what is sent on it arrives.',
  'websocket-died-young': 'a WebSocket was lost within seconds. HTTP goes first for a while.',
  'http-failed': 'HTTP did not get through.',
  'http-slow': 'HTTP was not answered soon, so a WebSocket started beside it.',
  unreachable: 'nothing gets through.',
  upgraded: 'a WebSocket has taken over from HTTP.',
  'upgrade-failed': 'no WebSocket yet. The next try comes later.',
  'link-lost': 'the connection broke.',
  'link-silent': 'nothing has come for too long. A ping asks.',
  'link-dead': 'the ping was not answered: the connection is dead.',
  'responses-held': 'something holds responses back until they end: polling instead of streaming.',
  'requests-limited': 'something ends requests that wait. They wait for less now.',
  'bodies-limited': 'something takes no large requests. They are cut smaller now.',
  busy: 'the server, or a proxy, asks for a pause.',
  'not-holdfast': 'what answered is no Holdfast server: a captive portal, perhaps.',
  'session-lost': 'the server has forgotten the session.',
  refused: 'the server refused this client.',
  'server-drains': 'the server asks its clients to come back later.',
  'page-away': 'the page, or its network, went away.',
  'page-back': 'the page, or its network, is back.',
};
