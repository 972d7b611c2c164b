// Guards of the connection to plain servers: when it tries, what it takes for sent, whether it takes silence for an end.

const connection = 'client/src/plain-connection.ts';
const link = 'client/src/plain-link.ts';
const queue = 'client/src/plain-queue.ts';
const scenes = 'client/test/plain-connection.test.ts';
const connecting = `${scenes} > connecting`;
const links = `${scenes} > a link`;
const messages = `${scenes} > messages`;
const asked = `${scenes} > a server that can be asked`;
const page = `${scenes} > a page`;
const close = `${scenes} > close`;
const acts = `${scenes} > an application that acts while it is told`;

/** @type {(file: string, find: string, replace: string, name: string, scene: string) => import('./index.mjs').Guard} */
const guard = (file, find, replace, name, scene) => ({ name, file, find, replace, scene });

/** @type {import('./index.mjs').Guard[]} */
export const plainGuards = [
  guard(
    link,
    "if (link.name === 'connecting') return link.deadline;",
    "if (link.name === 'connecting') return Infinity;",
    'a plain connection does not wait for the browser to give up',
    `${connecting} > fails after ten seconds, and is tried again`,
  ),
  guard(
    connection,
    'Number(this.env.page.online())',
    '1',
    'a plain connection does not count what cannot get through',
    `${connecting} > does not count a round while the browser is offline, and tries all the same after half a minute`,
  ),
  guard(
    connection,
    'isOnline ? this.#retryDelay(this.#rounds) : OFFLINE_DELAY',
    'this.#retryDelay(this.#rounds)',
    'a plain connection rests while the browser is offline',
    `${connecting} > does not count a round while the browser is offline, and tries all the same after half a minute`,
  ),
  guard(
    connection,
    'this.#isOpen && isOnline && this.#rounds === 0',
    'this.#isOpen && this.#rounds === 0',
    'a plain link is not replaced at once while the browser is offline',
    `${links} > is not replaced at once while the browser is offline`,
  ),
  guard(
    connection,
    'if (this.#age >= STABLE_AFTER) this.#rounds = 0;',
    'this.#rounds = 0;',
    'a plain link that did not live is not replaced at once',
    `${links} > that lived for a second is replaced at once, another one after a pause`,
  ),
  guard(
    connection,
    '} catch (error) {\n          this.#lost(String(error));',
    '} catch (error) {\n          throw error;',
    'a WebSocket class that throws is a failed try of a plain connection',
    `${connecting} > has failed if the class throws`,
  ),
  guard(
    connection,
    'if (this.link !== link) return;\n        try',
    'try',
    'what a plain connection looks up too late is not used',
    `${connecting} > does not use what is looked up too late, nor its failure`,
  ),
  guard(
    connection,
    'if (this.link === link) this.#lost(reason);',
    'this.#lost(reason);',
    'what a plain connection fails to look up too late is no failure',
    `${connecting} > does not use what is looked up too late, nor its failure`,
  ),
  guard(
    connection,
    'if (this.#socket === socket) act(event);',
    'act(event);',
    'a WebSocket that a plain connection has let go is not heard',
    `${connecting} > hears nothing of a WebSocket that it has let go`,
  ),
  guard(
    connection,
    'this.#socket = undefined;\n      this.#closed(ABNORMAL);',
    'this.#closed(ABNORMAL);',
    'a WebSocket that failed without a close is not closed',
    `${connecting} > has failed with an error that no close follows, and closes nothing then`,
  ),
  guard(
    connection,
    'if (this.#isOpen) return;\n      this.#socket',
    'this.#socket',
    'an error of an open WebSocket waits for its close',
    `${links} > has an error after which a close comes`,
  ),
  guard(
    connection,
    'if (!isAsked(socket.protocol, this.protocols)) {',
    'if (false) {',
    'a plain server chooses a subprotocol that was asked for',
    `${connecting} > offers the subprotocols, and fails for good if another one is chosen`,
  ),
  guard(
    connection,
    'code === CloseCode.normal || ',
    '',
    'a plain server that closes with 1000 has ended it',
    `${links} > that the server closes in order tells why, and only 1000 is the end`,
  ),
  guard(
    connection,
    'if (this.link === next && next.name',
    'if (next?.name',
    'what the application changed while it was told is not carried out',
    `${acts} > may reconnect when a link is lost`,
  ),
  guard(
    connection,
    'if (!isOpening()) return;\n    this.#heardAt',
    'this.#heardAt',
    'a plain socket that was closed while messages were in doubt does not open',
    `${acts} > may close the socket when messages are in doubt, or a link is lost`,
  ),
  guard(
    connection,
    'if (!isOpening()) return;\n    if (!isAsked',
    'if (!isAsked',
    'a plain socket that is closing does not open',
    `${close} > fails where there is no link, but not before it has returned`,
  ),
  guard(
    connection,
    "const goesOn = next && this.phase.name !== 'closing';",
    'const goesOn = next;',
    'a plain socket that is closing begins no other link',
    `${close} > is the end even if the link breaks, and begins no other`,
  ),
  guard(
    connection,
    "phase.name === 'closing' ? phase.deadline",
    "phase.name === 'closing' ? Infinity",
    'a close that a plain server does not confirm fails after ten seconds',
    `${close} > fails after ten seconds, however silent the server is until then`,
  ),
  guard(
    connection,
    "this.phase.name !== 'open' || link.name",
    'link.name',
    'a plain server is not asked once the socket is closing',
    `${acts} > may close, reconnect or send when it is open`,
  ),
  guard(
    connection,
    'if (doubts > 0) this.owner',
    'this.owner',
    'nothing is said of messages where none is in doubt',
    `${messages} > may end the socket if any is in doubt`,
  ),
  guard(
    connection,
    'this.outbox.takeBack();\n',
    '\n',
    'what has not left the browser is not in doubt',
    `${messages} > that the browser still had when its WebSocket closed are not in doubt: they go over the next one`,
  ),
  guard(
    connection,
    'this.outbox.hear(now - ROUND_TRIP)',
    'this.outbox.hear(now)',
    'what was sent a moment before something came is in doubt',
    `${messages} > are in doubt until something comes, a second later at least`,
  ),
  guard(
    connection,
    'this.outbox.end();',
    'this.outbox.takeBack();\n    this.outbox.end();',
    'what the browser may still send is in doubt',
    `${messages} > that the browser may still send after it was told to close are in doubt`,
  ),
  guard(
    queue,
    'const left = this.#left;\n    let done',
    'const left = this.#handed;\n    let done',
    'what the browser still has is not taken for arrived',
    `${messages} > that came are no answer to what the browser still has`,
  ),
  guard(
    queue,
    'i < most || ',
    '',
    'so many messages are in doubt at most',
    `${messages} > in doubt are 1024 at most, and a mebibyte`,
  ),
  guard(
    queue,
    ' || this.owedBytes - size > MAX_DOUBTS_BYTES',
    '',
    'so many bytes are in doubt at most',
    `${messages} > in doubt are 1024 at most, and a mebibyte`,
  ),
  guard(
    queue,
    'return this.#places.length - this.#left;',
    'return this.#places.length;',
    'messages that have left do not count as queued',
    `${messages} > that have left the browser make room in the queue, those that it still has do not`,
  ),
  guard(
    queue,
    'this.#waitingBytes + this.#buffered;',
    'this.#waitingBytes;',
    'bytes that the browser still has count as queued',
    `${messages} > that have left the browser make room in the queue, those that it still has do not`,
  ),
  guard(
    queue,
    'i < this.#handed || dropped.length',
    'dropped.length',
    'what is in doubt is not dropped',
    `${messages} > in doubt are not dropped from a full queue`,
  ),
  guard(
    queue,
    '(next = this.#places[this.#handed])?.content;',
    '(next = this.#places[this.#handed]);',
    'nothing overtakes a Blob on its way to a plain server',
    `${messages} > wait for the next link, and keep their order behind a Blob`,
  ),
  guard(
    queue,
    'if (resend) this.#waitingBytes += this.owedBytes;',
    'if (false) this.#waitingBytes += this.owedBytes;',
    'what is in doubt is sent again if that is wanted',
    `${messages} > in doubt are sent again if that is wanted, and told before the link is open`,
  ),
  guard(
    queue,
    'this.#settle((_, i) => i < this.#asked);',
    'this.#settle(() => true);',
    'an answer is none to what was sent behind the question',
    `${asked} > has got what its answer came behind, and no more`,
  ),
  guard(
    connection,
    'this.latency ?? CONNECT_TIMEOUT',
    'this.latency',
    'a first answer may take as long as connecting',
    `${asked} > has ten seconds for its first answer`,
  ),
  guard(
    link,
    'Math.max(owedSince, provenAt)',
    'owedSince',
    'a plain server that has just answered is not asked again at once',
    `${asked} > is not asked again at once about what the browser still has`,
  ),
  guard(
    link,
    'Math.min(heardAt + pingInterval, Math',
    'Math.min(heardAt + pingInterval, Infinity + Math',
    'a plain server is asked about messages that it has not answered',
    `${asked} > is asked three seconds after a message, once for all that were sent`,
  ),
  guard(
    link,
    'heardAt > asked.at ? patienceBehind(heardBytes - asked.heardBytes) : 0',
    '0',
    'an answer may wait behind what a plain server says meanwhile',
    `${asked} > has more time for an answer behind what it says meanwhile`,
  ),
  guard(
    connection,
    'patience(this.latency ?? CONNECT_TIMEOUT, least) + this.#facts.owedTime',
    'patience(this.latency ?? CONNECT_TIMEOUT, least)',
    'an answer may wait behind large messages to a plain server',
    `${asked} > has three round trips for an answer where that is more, and the time that large messages take`,
  ),
  guard(
    connection,
    "link.name !== 'open' || link.asked) return;",
    "link.name !== 'open') return;",
    'a plain server is asked one question at a time',
    `${page} > that wakes looks at its link, which has a second for an answer`,
  ),
  guard(
    connection,
    'this.#socket = undefined;\n      this.#over();',
    'this.#over();',
    'a page that ends tells nobody of the end of a plain link',
    `${page} > that ends leaves the goodbye to the browser, and tells nobody`,
  ),
  guard(
    connection,
    'this.#retryDelay && waiting(Infinity)',
    'waiting(Infinity)',
    'a plain socket that may not come back ends with its page',
    `${page} > that is put aside ends a socket that may not come back`,
  ),
  guard(
    connection,
    'this.#unlisten();',
    '',
    'a plain socket that has ended leaves the page alone',
    `${links} > that the server closes in order tells why, and only 1000 is the end`,
  ),
];
