/* The client: it does to its session and its transports what `step` decides (step.pml). */

#define HAS_DONE(effect) (does & (effect))
#define CONTENT(number) (cBase + number)
#define RECEIVED (cNew -> NEW : cReceived)

#define UPWARDS(slot, type, n, r, first, count, content) \
  if \
  :: !cut[slot] -> assert(len(up[slot]) < QUEUE); up[slot]!type, cSession, n, r, first, count, content \
  :: else \
  fi

inline clearUp(channel) {
  do
  :: len(channel) > 0 -> channel?_,_,_,_,_,_,_
  :: else -> break
  od
}

inline clearDown(slot) {
  do
  :: len(down[slot]) > 0 -> down[slot]?_,_,_,_,_
  :: else -> break
  od
}

inline free(slot) {
  kind[slot] = NIL; cut[slot] = 0; mute[slot] = 0; attempt[slot] = 0; from[slot] = 0;
  numberDown[slot] = 0; numberUp[slot] = 0; open[slot] = 0; poll[slot] = 0
}

/* A WebSocket's close travels behind what was sent on it. Requests that are under way vanish, or arrive when nobody waits for them. */
inline drop(slot) {
  printf("  drop %d\n", slot);
  held[slot] = 0;
  clearDown(slot);
  if
  :: current == slot -> current = NONE
  :: else
  fi;
  if
  :: kind[slot] == HTTP ->
    if
    :: len(up[slot]) > 0 && len(ghost) < 1 -> up[slot]?mType,mSession,mAttempt,mReceived,mNumber,mCount,mContent; ghost!mType,mSession,mAttempt,mReceived,mNumber,mCount,mContent
    :: true
    fi;
    clearUp(up[slot]);
    if
    :: sKind == HTTP && sSlot == slot -> sSlot = NONE; waits = 0
    :: else
    fi;
    free(slot)
  :: else -> skip
  fi
}

/* §4.2: each attach has a higher attempt than all before; one that stands by has 0. */
inline dial(what, standsBy) {
  if
  :: kind[0] == NIL -> spare = 0
  :: kind[0] != NIL && kind[1] == NIL -> spare = 1
  :: kind[0] != NIL && kind[1] != NIL && kind[2] == NIL -> spare = 2
  :: kind[0] != NIL && kind[1] != NIL && kind[2] != NIL ->
    /* A bound of the model: of old WebSockets' remains only one arrives. */
    spare = (!held[0] -> 0 : (!held[1] -> 1 : 2));
    assert(!held[spare]);
    serverLoses(spare)
  fi;
  kind[spare] = what; held[spare] = 1;
  if
  :: standsBy -> mAttempt = 0
  :: else -> cAttempt++; mAttempt = cAttempt
  fi;
  attempt[spare] = mAttempt; from[spare] = cReceived; mNumber = 0; mCount = 0;
  if
  /* §6.2.1: what waits rides along, unless another transport carries it. */
#if defined(DISCARD) && !defined(BREAK_RIDE)
  /* A restarted server takes what a session never welcomed carries for its beginning: at most once, it carries nothing. */
  :: what == HTTP && current == NONE && !cNew ->
#else
  :: what == HTTP && current == NONE ->
#endif
    mNumber = cAcked + 1; mCount = cTotal - cAcked; cSent = cTotal; cHighest = cTotal
  :: else
  fi;
  printf("  dial %d %e attempt %d received %d riding %d %d\n", spare, what, mAttempt, RECEIVED, mNumber, mCount);
  up[spare]!ATTACH(cSession, mAttempt, RECEIVED, mNumber, mCount, CONTENT(mNumber))
}

/* §5.4: the same WebSocket claims the session; from there its messages are counted anew. */
inline reattach(slot) {
  if
  :: current == slot -> current = NONE
  :: else
  fi;
  cAttempt++; from[slot] = cReceived; open[slot] = 0;
  printf("  attach %d attempt %d received %d\n", slot, cAttempt, RECEIVED);
  UPWARDS(slot, ATTACH, cAttempt, RECEIVED, 0, 0, 0)
}

/* §2.4, §2.6. Our close is the last message: once the server has it, all is said (§8.1). */
inline clientAcknowledged(n) {
  assert(n <= cHighest);
  if
  :: n > cAcked -> cAcked = n
  :: else
  fi;
  if
  :: cSent < cAcked -> cSent = cAcked
  :: else
  fi;
  printf("  acknowledged %d\n", cAcked);
  if
  :: CONTENT(cAcked) > UP -> happened = END
  :: else
  fi
}

/* §4.6: what the server has not received goes again. A welcome that is older than an acknowledgement comes from a transport
   that has been superseded since: it is lost. */
inline adopt(slot) {
  cNew = 0;
  assert(said <= cHighest);
  if
  :: said < cAcked -> stale = slot; drop(slot); SEEN(4)
  :: else ->
    current = slot;
#ifdef BREAK_TOLD
    cTold = cReceived;
#else
    /* Only what this attach said has been told: more may have come on another transport since. */
    cTold = from[slot];
#endif
    clientAcknowledged(said);
#ifndef BREAK_REPLAY
    cSent = said;
#endif
    printf("  adopt %d\n", slot)
  fi
}

/* §4.7: sent means given to any transport. */
inline renew() {
#ifdef DISCARD
  which = cHighest;
#else
  which = cAcked;
#endif
  cBase = cBase + which; cTotal = cTotal - which;
  printf("  renew %d left %d\n", cSession + 1, cTotal);
  cSession++; cAttempt = 0; cReceived = 0; cTold = 0; cNew = 1;
  cAcked = 0; cSent = 0; cHighest = 0; current = NONE
}

/* A WebSocket takes all there is; over HTTP one `send` is under way at a time, and gathers what comes meanwhile. */
inline clientPumps() {
  if
  :: current != NONE && kind[current] == WS ->
    do
    :: cSent < cTotal ->
      cSent++;
      if
      :: cHighest < cSent -> cHighest = cSent
      :: else
      fi;
      UPWARDS(current, DATA, 0, 0, 0, 1, CONTENT(cSent))
    :: else -> break
    od
  :: current != NONE && kind[current] == HTTP && !open[current] && cSent < cTotal ->
    open[current] = 1;
    UPWARDS(current, SEND, attempt[current], 0, cSent + 1, cTotal - cSent, CONTENT(cSent + 1));
    cSent = cTotal; cHighest = cTotal
  :: else
  fi
}

inline ping(slot) {
  UPWARDS(slot, PING, attempt[slot], 0, 0, 0, 0)
}

inline polls(slot) {
  poll[slot] = poll[slot] + 1; cTold = cReceived;
  UPWARDS(slot, POLL, attempt[slot], cReceived, poll[slot], 0, 0)
}

/* §2.3 */
inline clientArrives(number, content) {
  if
#ifndef BREAK_DUPLICATES
  :: number <= cReceived -> printf("  duplicate %d\n", number)
#endif
  :: else ->
    assert(number == cReceived + 1);
    assert(content == number && mSession == cSession);
    cReceived = number;
    printf("  receive %d\n", number)
  fi
}

/* In the order of connection.ts, but that a drop comes before an adoption: they are of different transports. */
inline clientSteps() {
  do
  :: happened != 0 ->
    clientTable();
    happened = 0;
    at = one; spare = two;
    if
    :: HAS_DONE(DROP_1) -> which = one; drop(which)
    :: else
    fi;
    if
    :: HAS_DONE(DROP_2) -> which = two; drop(which)
    :: else
    fi;
    if
    :: HAS_DONE(RENEW) -> renew()
    :: else
    fi;
    if
    :: HAS_DONE(ADOPT_1 + ADOPT_2) -> which = (HAS_DONE(ADOPT_1) -> one : two); adopt(which)
    :: else
    fi;
    if
    :: HAS_DONE(ATTACH_1 + ATTACH_2) -> which = (HAS_DONE(ATTACH_1) -> one : two); reattach(which)
    :: else
    fi;
    if
    :: HAS_DONE(DIAL_WS + DIAL_HTTP + STAND_BY) -> via = (HAS_DONE(DIAL_HTTP) -> HTTP : WS); dial(via, HAS_DONE(STAND_BY))
    :: else
    fi;
    if
    :: HAS_DONE(PING_1 + PING_2) && stale == NONE -> which = (HAS_DONE(PING_1) -> one : two); ping(which)
    :: else
    fi;
    at = (nextOne == FRESH -> spare : (nextOne == SLOT_1 -> one : (nextOne == SLOT_2 -> two : NONE)));
    two = (nextTwo == FRESH -> spare : (nextTwo == SLOT_1 -> one : (nextTwo == SLOT_2 -> two : NONE)));
    one = at;
    if
    :: stale != NONE -> happened = (stale == one -> LOST_1 : LOST_2); stale = NONE
    :: else
    fi;
    printf("  link %d\n", link)
  /* What is sent first on a WebSocket asks for an answer. */
  :: happened == 0 && link == UNTRIED_WS && current != NONE && cSent < cTotal -> happened = SPEAK
  :: else -> break
  od;
  if
  :: link != CLOSED -> clientPumps()
  :: else
  fi
}
