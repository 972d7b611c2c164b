/* What happens next: what arrives, what somebody does, what goes wrong. What goes wrong costs one of `troubles`. */

#ifdef BREAK_ACK
#define ONE_TOO_MANY + 1
#else
#define ONE_TOO_MANY
#endif

#define IN_FLIGHT(slot) (len(up[slot]) > 0 || (len(down[slot]) > 0) || (held[slot] && cut[slot] && !mute[slot]))
#define OWES_ACK (current != NONE && kind[current] == WS && cReceived > cTold)
#define SERVER_OWES_ACK (sKind == WS && sReceived > sTold)
#define QUIET (!IN_FLIGHT(0) && !IN_FLIGHT(1) && !IN_FLIGHT(2) && !OWES_ACK && !SERVER_OWES_ACK)

#define TROUBLE troubles > 0 -> troubles--; printf("trouble\n")

inline serverLoses(slot) {
  printf("server loses %d\n", slot);
  clearUp(up[slot]);
  if
  :: sKind == WS && sSlot == slot -> sKind = NIL; sSlot = NONE
  :: else
  fi;
  free(slot)
}

/* Something arrives at the server: from a WebSocket in order, from HTTP in any order, twice, or unheard. */
inline messageUp() {
  if
  :: len(up[0]) > 0 -> at = 0
  :: len(up[1]) > 0 -> at = 1
  :: len(up[2]) > 0 -> at = 2
  :: len(ghost) > 0 -> at = NONE
  fi;
  if
  :: at == NONE -> ghost?mType,mSession,mAttempt,mReceived,mNumber,mCount,mContent; via = HTTP; reader = NONE
  :: at != NONE ->
    via = kind[at];
    up[at]?mType,mSession,mAttempt,mReceived,mNumber,mCount,mContent; reader = at;
    if
    :: via == HTTP ->
      if
      :: len(up[at]) > 0 -> up[at]!mType,mSession,mAttempt,mReceived,mNumber,mCount,mContent; up[at]?mType,mSession,mAttempt,mReceived,mNumber,mCount,mContent
      :: true
      fi;
      if
      :: true
      :: TROUBLE; up[at]!mType,mSession,mAttempt,mReceived,mNumber,mCount,mContent; reader = NONE
      :: len(ghost) < 1 && TROUBLE; ghost!mType,mSession,mAttempt,mReceived,mNumber,mCount,mContent
      fi
    :: else
    fi
  fi;
  printf("up %d %e %e %d %d %d %d %d %d %d\n", at, via, mType, mSession, mAttempt, mReceived, mNumber, mCount, mContent, reader)
}

/* Something arrives at the client, or the client does something. */
inline clientEvent() {
  if
  :: held[0] && len(down[0]) > 0 -> at = 0; clientTakes()
  :: held[1] && len(down[1]) > 0 -> at = 1; clientTakes()
  :: held[2] && len(down[2]) > 0 -> at = 2; clientTakes()
  :: cTotal + cBase < LAST && link != CLOSED -> cTotal++; printf("client sends\n")
  :: OWES_ACK -> cTold = cReceived; UPWARDS(current, ACK, 0, cReceived ONE_TOO_MANY, 0, 0, 0); happened = SPEAK; printf("client acks\n")
  :: one != NONE && cut[one] && !mute[one] && len(down[one]) == 0 -> at = one; loses(LOST_1)
  :: two != NONE && cut[two] && !mute[two] && len(down[two]) == 0 -> at = two; loses(LOST_2)
  /* What cannot come otherwise comes by a deadline; a deadline that comes before is trouble. */
  :: QUIET && link != CLOSED && !AT_BEST -> happened = TICK
  :: QUIET && AT_BEST && SAID && !SETTLED -> happened = DOUBT
  :: link != CLOSED && !SETTLED && TROUBLE;
    if
    :: happened = TICK
    :: happened = DOUBT
    :: happened = WAKE
    :: happened = SLEEP
    :: one != NONE -> at = one; loses(LOST_1)
    :: two != NONE -> at = two; loses(LOST_2)
    fi
  fi
}

inline loses(what) {
  which = at; drop(which); happened = what
}

inline clientTakes() {
  down[at]?mType,mSession,mReceived,mNumber,mCount;
  if
  :: kind[at] == HTTP && len(down[at]) > 0 -> down[at]!mType,mSession,mReceived,mNumber,mCount; down[at]?mType,mSession,mReceived,mNumber,mCount
  :: true
  fi;
  said = mReceived;
  printf("down %d %e %d %d %d\n", at, mType, mReceived, mNumber, mCount);
  if
  :: mType == WELCOME || mType == SUPERSEDED || mType == GONE ->
    happened = (mType == WELCOME -> WELCOME_1 : (mType == SUPERSEDED -> SUPERSEDED_1 : GONE_1)) + (at == two);
    open[at] = (mType == WELCOME && kind[at] == WS); numberDown[at] = from[at];
    if
    /* The rest of the answer counts once the transport is adopted (§6.3.7): it is, in this step. */
    :: mType == WELCOME && kind[at] == HTTP && poll[at] == 0 -> clientReads(); polls(at)
    :: else
    fi
  :: mType == DATA ->
    if
    :: open[at] ->
      numberDown[at] = numberDown[at] + 1; seq = numberDown[at];
      if
      :: at == current -> clientArrives(seq, mNumber)
      :: else
      fi
    :: else
    fi
  :: mType == ACK && at == current -> clientAcknowledged(mReceived)
  :: mType == PONG && at == current -> happened = PROVEN
  :: mType == TAKEN -> open[at] = 0; clientAcknowledged(mReceived)
  :: mType == BATCH -> clientAcknowledged(mReceived); clientReads(); polls(at)
  :: else
  fi
}

inline clientReads() {
  do
  :: mCount > 0 -> clientArrives(mNumber, mNumber); mNumber++; mCount--
  :: else -> break
  od
}

/* What happens on the server, and to connections. */
inline elsewhere() {
  if
  :: sSession != 0 && sTotal < DOWN -> sTotal++; printf("server sends\n"); serverPumps()
  :: SERVER_OWES_ACK -> sTold = sReceived; printf("server acks\n  say %d ACK %d\n", sSlot, sReceived); SAY(sSlot, ACK, sReceived, 0, 0)
  :: kind[0] == WS && !held[0] && len(up[0]) == 0 -> serverLoses(0)
  :: kind[1] == WS && !held[1] && len(up[1]) == 0 -> serverLoses(1)
  :: kind[2] == WS && !held[2] && len(up[2]) == 0 -> serverLoses(2)
  :: kind[0] == WS && held[0] && !cut[0] && TROUBLE; at = 0; breaks()
  :: kind[1] == WS && held[1] && !cut[1] && TROUBLE; at = 1; breaks()
  :: kind[2] == WS && held[2] && !cut[2] && TROUBLE; at = 2; breaks()
  /* A proxy ends an open poll, or loses its answer: it is repeated under its number. */
  :: waits && sSlot != NONE && TROUBLE; waits = 0; repeats(sSlot); printf("poll lost %d\n", sSlot)
  :: forgets > 0 && sSession != 0 -> forgets--; serverForgets()
  fi
}

inline breaks() {
  cut[at] = 1; clearUp(up[at]); clearDown(at);
  if
  :: true
  :: mute[at] = 1
  fi;
  printf("breaks %d\n", at)
}

/* A machine that dies breaks its connections. Requests are repeated. */
inline restart(slot) {
  if
  :: kind[slot] == WS -> cut[slot] = 1; clearUp(up[slot])
  :: else
  fi
}

inline repeats(slot) {
  up[slot]!POLL(cSession, attempt[slot], cReceived, poll[slot], 0, 0)
}

/* The server loses all that it knows; or it keeps the verdict that the session is gone (§2.7). */
inline serverForgets() {
  if
  :: sKind == WS && sSlot != NONE -> cut[sSlot] = 1
  :: sKind == HTTP && waits -> TELL(sSlot, sSession, BATCH, 0, 0, 0)
  :: else
  fi;
  if
  :: printf("expire\n"); serverEnds(FORGOTTEN)
  :: printf("restart\n"); serverEnds(NIL); restarted = 1;
    clearUp(ghost); restart(0); restart(1); restart(2);
    began[1] = 0; began[2] = 0; began[3] = 0; verdict[1] = NIL; verdict[2] = NIL; verdict[3] = NIL
  fi
}
