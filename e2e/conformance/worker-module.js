/** Runs the tests in a module worker, with the client as an application imports it. */

// @ts-expect-error -- the server has it under this name
import * as Holdfast from '/holdfast.mjs';
import './harness.js';
import './attributes.js';
import './sending.js';
import './receiving.js';
import './closing.js';
import './events.js';
import './handshake.js';
import './web-idl.js';
import './constructor.js';

const { conformance } = /** @type {any} */ (self);
const Socket = conformance.classFor(new URLSearchParams(location.search), Holdfast);
self.postMessage(await conformance.run(Socket, location.origin.replace('http', 'ws')));
