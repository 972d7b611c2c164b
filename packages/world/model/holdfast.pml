/*
 * The protocol as a model: one client, one server, a WebSocket and HTTP at once, and a network that makes trouble a bounded
 * number of times, at any time. README.md explains it; clauses (§) are those of PROTOCOL.md. Each event is atomic, so a
 * state is what lies between two events.
 */

/* Bounds; `scripts/model.mjs` gives others. */
#ifndef UP
#define UP 2            /* messages from the client */
#endif
#ifndef DOWN
#define DOWN 1          /* messages from the server, in each session */
#endif
#ifndef TROUBLES
#define TROUBLES 2
#endif
#ifndef FORGETS
#define FORGETS 0       /* times that the server loses the session: by a restart, or because the client was away too long */
#endif
#ifdef CLOSES
#define LAST (UP + 1)   /* the close takes the number behind the messages (§2.2) */
#else
#define LAST UP
#endif

/* A place that a trace is to lead to. */
#ifndef SEEK
#define SEEK 0
#endif
#define SEEN(place) assert(SEEK != place)

#define SLOTS 3         /* the client holds two transports at most; a third one is an old one's remains */
#define QUEUE 6
#define NONE 9
#define NEW 8           /* what a client has received that was never welcomed (§4.1) */
#define SESSIONS 4

mtype = { NIL, ATTACH, DATA, ACK, PING, SEND, POLL, WELCOME, SUPERSEDED, GONE, PONG, TAKEN, BATCH };
mtype = { WS, HTTP };
mtype = { FORGOTTEN, CLOSED_IN_ORDER };

/* Upwards: type, session, attempt, received (or acknowledged), number (of a message, a poll), count, content of the first. */
chan up[SLOTS] = [QUEUE] of { mtype, byte, byte, byte, byte, byte, byte };
/* Downwards: type, session, received (or acknowledged), number of the first message, count. */
chan down[SLOTS] = [QUEUE] of { mtype, byte, byte, byte, byte };
/* A request that a proxy delivers once more, or after its transport was given up. */
chan ghost = [1] of { mtype, byte, byte, byte, byte, byte, byte };

/* Transports. An HTTP transport's channels are bags: its requests are independent. */
mtype kind[SLOTS] = NIL;
bit held[SLOTS];        /* the client has it */
bit cut[SLOTS];         /* nothing goes through any more */
bit mute[SLOTS];        /* and nobody is told */
byte attempt[SLOTS];
byte from[SLOTS];       /* a WebSocket's implicit numbers (§5.3): what its attach said, */
byte numberDown[SLOTS]; /* what the client counts, */
byte numberUp[SLOTS];   /* what the server counts */
bit open[SLOTS];        /* a WebSocket is welcomed; an HTTP transport has a `send` under way */
byte poll[SLOTS];       /* the number of the last poll (§6.3) */

/* The client: its link (step.pml) and the transports in it; its session. */
byte link = 0;
byte one = NONE, two = NONE, current = NONE;
byte cSession = 1, cAttempt, cReceived, cTold;
bit cNew = 1;           /* never welcomed */
byte cAcked, cSent, cHighest, cTotal, cBase;

/* The server: its session, what carries it, the answer to the last poll, verdicts (§4.3.5). */
byte sSession, sAttempt, sReceived, sTold;
byte sAcked, sSent, sHighest, sTotal;
mtype sKind = NIL;
byte sSlot = NONE;
byte sPoll;             /* the poll that is answered, 0 for the attach */
bit waits;              /* it waits for something to say */
byte logAck, logFirst, logCount;
mtype verdict[SESSIONS] = NIL;
byte final[SESSIONS];
bit began[SESSIONS];

/* What is left of the bounds, and what the properties look at. */
byte troubles = TROUBLES, forgets = FORGETS;
byte delivered;         /* the content of the last message that the server's application got */
bit ended;              /* it got the close */
bit restarted;

/* One event's own. */
hidden byte at, spare, mSession, mAttempt, mReceived, mNumber, mCount, mContent, seq, which, reader;
hidden mtype mType, via;
hidden byte happened, nextOne, nextTwo, said, stale = NONE;
hidden int does;

#define SETTLED_SESSION (cTotal + cBase == LAST && cAcked == cTotal && sSession == cSession && sTotal == DOWN && sAcked == sTotal)
/* Both applications have said all that they will. */
#define SAID (cTotal + cBase == LAST && (sSession != cSession || sTotal == DOWN))
#ifdef ONLY_HTTP
#define AT_BEST (link == OPEN_HTTP)
#else
#define AT_BEST (link == OPEN_WS || link == UNTRIED_WS)
#endif
#ifdef CLOSES
#define SETTLED (link == CLOSED && ended)
#else
#define SETTLED (AT_BEST && SETTLED_SESSION)
#endif

#include "step.pml"
#include "server.pml"
#include "client.pml"
#include "network.pml"

/* Every run must end in `settled`: what was sent is delivered and acknowledged, the best transport carries the session. */
active proctype world() {
  do
  :: atomic { messageUp(); serverTakes() }
  :: atomic { clientEvent(); clientSteps() }
  :: atomic { elsewhere() }
  :: atomic { SETTLED -> break }
  od;
settled: skip
}
