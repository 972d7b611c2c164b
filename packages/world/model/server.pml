/* The server: who gets the session (§4.3), what is taken, what is sent. `reader` is the slot that hears the answer, or NONE. */

#define TELL(slot, session, type, received, first, count) \
  if \
  :: slot != NONE && held[slot] && !cut[slot] -> assert(len(down[slot]) < QUEUE); down[slot]!type, session, received, first, count \
  :: else \
  fi
#define SAY(slot, type, received, first, count) TELL(slot, sSession, type, received, first, count)
#define ANSWER(type, received, first, count) printf("  answer %d %e %d %d %d\n", reader, type, received, first, count); \
  TELL(reader, mSession, type, received, first, count)

/* §2.3: a number that was received before is dropped. A gap cannot be: transports keep order. */
inline serverArrives() {
  if
#ifndef BREAK_DUPLICATES
  :: seq <= sReceived
#endif
  :: else ->
    assert(seq == sReceived + 1);
    sReceived = seq;
    printf("  deliver %d\n", mContent);
    /* Exactly once and in order; a session that follows on a lost one says again what was not acknowledged, or nothing (§4.7). */
    if
    :: seq > 1 -> assert(mContent == delivered + 1)
#ifdef DISCARD
    :: seq == 1 -> assert(mContent > delivered)
#else
    :: seq == 1 -> assert(mContent == delivered + 1 || (FORGETS > 0 && mContent <= delivered))
#endif
    fi;
    delivered = mContent;
    if
    :: mContent > UP -> assert(!ended); ended = 1
    :: else
    fi
  fi
}

/* §8.1: the close ends the session. Its verdict is kept: the acknowledgement may be lost. */
inline serverEnds(how) {
  printf("  end %e\n", how);
#ifndef BREAK_VERDICT
  verdict[sSession] = how; final[sSession] = sReceived;
#endif
  sSession = 0; sAttempt = 0; sReceived = 0; sTold = 0;
  sAcked = 0; sSent = 0; sHighest = 0; sTotal = 0;
  sKind = NIL; sSlot = NONE; sPoll = 0; waits = 0; logAck = 0; logFirst = 0; logCount = 0
}

/* §2.4, §2.6: what is acknowledged is forgotten, and nothing else. */
inline serverAcknowledged(n) {
  assert(n <= sHighest);
  if
  :: n > sAcked -> sAcked = n
  :: else
  fi;
  if
  :: sSent < sAcked -> sSent = sAcked
  :: else
  fi
}

/* The answer to a poll brings all that waits; it is kept for a repetition (§6.3.5). */
inline serverAnswersPoll() {
  waits = 0;
  logAck = sReceived; sTold = sReceived;
  logFirst = sSent + 1; logCount = sTotal - sSent;
  sSent = sTotal; sHighest = sTotal;
  printf("  answer %d BATCH %d %d %d\n", sSlot, sPoll, logFirst, logCount);
  SAY(sSlot, BATCH, logAck, logFirst, logCount)
}

inline serverPumps() {
  if
  :: sKind == WS ->
    do
    :: sSent < sTotal ->
      sSent++;
      if
      :: sHighest < sSent -> sHighest = sSent
      :: else
      fi;
      printf("  say %d DATA %d\n", sSlot, sSent);
      SAY(sSlot, DATA, 0, sSent, 1)
    :: else -> break
    od
  :: sKind == HTTP && waits && sSent < sTotal -> serverAnswersPoll()
  :: else
  fi
}

/* §4.3.2: the session moves; the transport that carried it is told, and nothing that comes on it any more is taken. */
inline serverMoves() {
  if
  :: sKind == WS && sSlot != reader -> printf("  supersede %d\n", sSlot); SAY(sSlot, SUPERSEDED, 0, 0, 0)
  :: sKind == HTTP && waits -> printf("  supersede %d\n", sSlot); SAY(sSlot, SUPERSEDED, 0, 0, 0)
  :: else
  fi;
  waits = 0; sPoll = 0;
  sAttempt = mAttempt; sTold = sReceived; sKind = via; sSlot = reader;
#ifdef BREAK_REPLAY
  sAcked = which
#else
  sAcked = which; sSent = which
#endif
}

inline serverTakesMessages() {
  do
  :: mCount > 0 && sSession != 0 -> seq = mNumber; serverArrives(); mNumber++; mContent++; mCount--
  :: else -> break
  od
}

inline serverAttaches() {
  if
  /* §4.3.3: this very attempt attached it. */
  :: sSession == mSession && via == HTTP && sKind == HTTP && mAttempt == sAttempt ->
    if
    :: sPoll == 0 ->
      if
      :: reader != NONE -> sSlot = reader
      :: else
      fi;
      ANSWER(WELCOME, logAck, logFirst, logCount)
    :: else -> printf("  answer %d TOO_LATE 0 0 0\n", reader)
    fi
  /* §4.3.4 */
#ifdef BREAK_ATTEMPT
  :: sSession == mSession && mAttempt == 0 -> ANSWER(SUPERSEDED, 0, 0, 0)
#else
  :: sSession == mSession && mAttempt <= sAttempt && !(via == HTTP && sKind == HTTP && mAttempt == sAttempt) -> ANSWER(SUPERSEDED, 0, 0, 0)
#endif
  /* §4.3.5 */
  :: sSession != mSession && verdict[mSession] == FORGOTTEN -> ANSWER(GONE, 0, 0, 0)
  :: sSession != mSession && verdict[mSession] == CLOSED_IN_ORDER -> ANSWER(WELCOME, final[mSession], 0, 0); SEEN(2)
  /* §4.3.7: what rode along is not taken for the beginning of another session. */
#ifdef BREAK_NEW
  :: sSession != mSession && verdict[mSession] == NIL && mAttempt == 0 -> ANSWER(GONE, 0, 0, 0)
#else
  :: sSession != mSession && verdict[mSession] == NIL && (mReceived != NEW || mAttempt == 0) -> ANSWER(GONE, 0, 0, 0); SEEN(3)
#endif
  :: else ->
    /* §4.3.6. A client leaves a session only if the server lost it; after a restart what it began anew may be left, too. */
    if
    :: sSession != mSession ->
      assert(sSession == 0 || restarted);
      if
      :: sSession != 0 -> serverEnds(FORGOTTEN)
      :: else
      fi;
      assert(!began[mSession]);
      sSession = mSession; began[mSession] = 1;
      printf("  begin %d\n", mSession)
    :: else
    fi;
    which = (mReceived == NEW -> 0 : mReceived);
    if
    /* §4.4: older than what was acknowledged since on another transport: the client has more by now, and attaches again. */
#ifdef BREAK_STALE
    :: which < sAcked -> ANSWER(GONE, 0, 0, 0)
#else
    :: which < sAcked -> ANSWER(SUPERSEDED, 0, 0, 0); SEEN(1)
#endif
    :: which > sHighest -> ANSWER(GONE, 0, 0, 0)
    :: else ->
      serverMoves();
      if
      :: via == WS ->
        numberUp[at] = sReceived;
        ANSWER(WELCOME, sReceived, 0, 0);
        serverPumps()
      :: else ->
        /* §6.2.1: `received` counts what rode along. */
        serverTakesMessages();
        if
        :: ended -> ANSWER(WELCOME, sReceived, 0, 0); serverEnds(CLOSED_IN_ORDER)
        :: else ->
          logAck = sReceived; logFirst = sSent + 1; logCount = sTotal - sSent;
          sTold = sReceived; sSent = sTotal; sHighest = sTotal;
          ANSWER(WELCOME, logAck, logFirst, logCount)
        fi
      fi
    fi
  fi
}

/* A request of the attempt that holds the session; others hear why not (§6.2.3). */
inline serverTakesRequest() {
  if
#ifdef BREAK_CARRIER
  :: sSession == mSession && sKind == HTTP ->
#else
  :: sSession == mSession && sKind == HTTP && mAttempt == sAttempt ->
#endif
    if
    :: mType == SEND ->
      serverTakesMessages();
      sTold = sReceived;
      ANSWER(TAKEN, sReceived, 0, 0);
      if
      :: ended -> serverEnds(CLOSED_IN_ORDER)
      :: else
      fi
    :: mType == PING -> SAY(reader, PONG, 0, 0, 0)
    :: mType == POLL ->
      serverAcknowledged(mReceived);
      if
      :: mNumber == sPoll && !waits && reader != NONE && mNumber > 0 && (logCount > 0) ->
        sSlot = reader; printf("  answer %d BATCH %d %d %d\n", reader, sPoll, logFirst, logCount);
        SAY(reader, BATCH, logAck, logFirst, logCount)
      :: mNumber == sPoll + 1 || (mNumber == sPoll && logCount == 0) ->
        sPoll = mNumber; logAck = 0; logFirst = 0; logCount = 0;
        if
        :: reader != NONE -> sSlot = reader; waits = 1
        :: else
        fi;
        if
        :: sSent < sTotal -> sSlot = reader; serverAnswersPoll()
        :: else
        fi
      :: else -> printf("  answer %d OUT_OF_TURN 0 0 0\n", reader)
      fi
    fi
  :: else ->
    if
    :: mType == PING
    :: mType != PING && sSession == mSession -> ANSWER(SUPERSEDED, 0, 0, 0)
    :: mType != PING && sSession != mSession && verdict[mSession] == CLOSED_IN_ORDER -> ANSWER(WELCOME, final[mSession], 0, 0)
    :: mType != PING && sSession != mSession && verdict[mSession] != CLOSED_IN_ORDER -> ANSWER(GONE, 0, 0, 0)
    fi
  fi
}

/* A frame on a WebSocket: taken if it carries the session (§4.3.2). */
inline serverTakesFrame() {
  if
#ifdef BREAK_CARRIER
  :: sSession != 0 ->
#else
  :: sKind == WS && sSlot == at ->
#endif
    if
    :: mType == DATA ->
      numberUp[at] = numberUp[at] + 1;
      seq = numberUp[at];
      serverArrives();
      if
      :: mContent > UP && seq == sReceived ->
        printf("  say %d ACK %d\n", at, sReceived);
        SAY(at, ACK, sReceived, 0, 0); cut[at] = 1;
        serverEnds(CLOSED_IN_ORDER)
      :: else
      fi
    :: mType == ACK -> serverAcknowledged(mReceived)
    :: mType == PING -> SAY(at, PONG, 0, 0, 0)
    fi
  :: else -> printf("  ignore\n")
  fi
}

inline serverTakes() {
  if
  :: mType == ATTACH -> serverAttaches()
  :: mType != ATTACH && via == HTTP -> serverTakesRequest()
  :: mType != ATTACH && via == WS -> serverTakesFrame()
  fi
}
