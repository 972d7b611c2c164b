/** Whether a WebSocket opens, and if not, how the handshake ends. */
import { adviceFor } from '../advice.ts';
import { about, inTime, rounded } from '../finding.ts';
import type { Check, Probe } from '../probe.ts';
import { within } from '../waiting.ts';
import type { WebSocketLike } from '../environment.ts';

const { ok, broken } = about('upgrade');

/** What servers answer to a plain GET where they expect an upgrade. */
const PLAIN = [400, 404, 405, 426];

export const upgrade: Check = async (probe) => {
  const { http, tunnel, known, options, env } = probe;
  const opening = await tunnel.open();
  const measured = { outcome: opening.kind, ...('after' in opening && { ms: rounded(opening.after) }) };
  switch (opening.kind) {
    case 'welcome':
      return ok(`A WebSocket opens, and the server welcomes it after ${inTime(opening.after)}.`, measured);
    case 'refused':
      return broken(
        `A WebSocket opens, but the server does not let the doctor in: ${opening.code} ${opening.reason}`.trim() +
          '.',
        measured,
        ['Give the token that your application checks: --auth TOKEN'],
      );
    case 'silent':
      return broken(
        `The upgrade was not answered within ${inTime(options.patience.upgrade)}: something swallows it.`,
        measured,
        adviceFor('upgrade', known.proxy),
      );
    case 'mute':
      return broken(
        'The upgrade is answered, and then no frame comes through: the WebSocket looks open and is mute.',
        measured,
        adviceFor('mute', known.proxy),
      );
    case 'cut':
      return broken(
        `The upgrade is answered, and the connection is cut after ${inTime(opening.after)}, before any frame.`,
        measured,
        adviceFor('mute', known.proxy),
      );
    case 'foreign':
      return foreign(probe, measured);
    case 'failed': {
      const { status } = opening;
      if (status !== undefined && PLAIN.includes(status) && http.welcome) {
        return broken(
          `The upgrade was answered ${status} instead of 101 after ${inTime(opening.after)}: a proxy passes it on as a plain request.`,
          { ...measured, status },
          adviceFor('upgrade', known.proxy),
        );
      }
      if (status === undefined && env.isBrowser && (await opensPlain(probe))) return foreign(probe, measured);
      const how = status ? `was answered ${status} instead of 101` : 'failed';
      const why = !status && opening.reason ? ` (${opening.reason})` : '';
      // Where nothing answers at all, no setting of a proxy is to blame.
      if (!status && known.answer?.status === 0 && !known.isHidden) {
        return broken(`The upgrade ${how} after ${inTime(opening.after)}${why}, as requests do.`, measured);
      }
      return broken(
        `The upgrade ${how} after ${inTime(opening.after)}${why}.`,
        { ...measured, ...(status && { status }) },
        status === 403 && env.origin !== undefined && !http.welcome
          ? [...adviceFor('origin', known.proxy), ...adviceFor('upgrade', known.proxy)]
          : adviceFor('upgrade', known.proxy),
      );
    }
  }
};

function foreign({ known, http }: Probe, measured: Readonly<Record<string, number | string>>) {
  const who = http.welcome
    ? 'Upgrades pass, but the WebSocket comes without the subprotocol holdfast.1, which the server would have chosen.'
    : 'A WebSocket server answers, but it does not speak holdfast.1: it is no Holdfast server.';
  return broken(who, { ...measured, outcome: 'foreign' }, adviceFor('subprotocol', known.proxy));
}

/** A browser does not say why a handshake failed: whether one without subprotocols does not. */
async function opensPlain(probe: Probe): Promise<boolean> {
  const { env, address, options } = probe;
  let socket: WebSocketLike | undefined;
  const opens = new Promise<boolean>((resolve) => {
    try {
      socket = new env.WebSocket(address.ws);
    } catch {
      resolve(false);
      return;
    }
    socket.onopen = () => {
      resolve(true);
    };
    socket.onerror = socket.onclose = () => {
      resolve(false);
    };
  });
  const isOpen = await within(probe, opens, options.patience.upgrade);
  socket?.close();
  return isOpen === true;
}
