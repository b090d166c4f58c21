/**
 * What this page changes: registers and withdraws, then follows each change until the master has it.
 *
 * A change is the latest thing done to one student's seat in one section:
 * phase is sending, withdrawing, failed (with a problem), or what is true on the shard (saved, existing, waiting at a place of
 * the section's list, withdrawn) with how far the master is (pending, late, synced), such as saved.pending.
 */
import * as api from './api.js';

const WAIT_SECONDS = 5;
const LATE_AFTER_MS = 30_000;
const GIVE_UP_AFTER_MS = 600_000;
const LONGEST_PAUSE_MS = 5_000;
/** A browser opens about six connections to a server: held answers must leave some for new requests. */
const MOST_HELD = 3;

const changes = new Map();
let held = 0;
let listener = {};

/** @param {{changed: function, read: function}} told changed(change) on a new phase, read(registration) on news of the server */
export function listen(told) {
  listener = told;
}

export function changeOf(student, secNo) {
  return changes.get(keyOf(student, secNo));
}

function keyOf({ shard, stno }, secNo) {
  return `${shard} ${stno} ${secNo}`;
}

/** Forgets what is over: the server's newer word on this seat counts. */
export function forget(student, secNo) {
  const change = changeOf(student, secNo);
  if (change && /synced$|^failed$/.test(change.phase)) {
    changes.delete(keyOf(student, secNo));
  }
}

/** @param waitlist whether to wait where no seat is left */
export function register(student, section, waitlist = false) {
  return obtain(student, section, () => api.register(student.shard, student.stno, section.secNo, waitlist));
}

/** Gives up what the student has for another section; where that is refused, they keep it. */
export function swap(student, own, section) {
  return obtain(student, section, async () => {
    const answer = await api.swap(own.id, section.secNo);
    changes.delete(keyOf(student, own.secNo));
    return answer;
  });
}

async function obtain(student, section, question) {
  const change = begin(student, section, 'sending');
  try {
    const { created, registration } = await question();
    change.id = registration.id;
    change.place = registration.place;
    change.waits = registration.status === 'WAITING';
    enter(change, change.waits ? 'waiting.pending' : created ? 'saved.pending' : 'existing.pending');
    follow(change);
  } catch (problem) {
    fail(change, problem);
  }
}

export async function withdraw(student, section, id) {
  const change = begin(student, section, 'withdrawing');
  change.id = id;
  try {
    await api.withdraw(id);
    enter(change, 'withdrawn.pending');
    follow(change);
  } catch (problem) {
    fail(change, problem);
  }
}

/** Starts a new change, which ends the following of an older one of the same seat. */
function begin(student, section, phase) {
  const { id, waits = false } = changeOf(student, section.secNo) ?? {};
  const change = { student, section, id, waits };
  changes.set(keyOf(student, section.secNo), change);
  enter(change, phase);
  return change;
}

function isLatest(change) {
  return changeOf(change.student, change.section.secNo) === change;
}

function enter(change, phase) {
  change.before = change.phase;
  change.phase = phase;
  listener.changed(change);
}

function fail(change, problem) {
  change.problem = problem;
  enter(change, 'failed');
}

async function follow(change) {
  let done = change.phase.split('.')[0];
  const end = Date.now() + GIVE_UP_AFTER_MS;
  const late = setTimeout(() => isLatest(change) && enter(change, `${done}.late`), LATE_AFTER_MS);
  // The first answer is not held: the list shows what is saved at once.
  for (let pause = 0; isLatest(change) && Date.now() < end; pause = Math.min(pause * 2 || 250, LONGEST_PAUSE_MS)) {
    const registration = await ask(change.id, pause && change.phase.endsWith('.pending') ? WAIT_SECONDS : 0);
    if (isLatest(change) && registration) {
      listener.read(registration);
      change.place = registration.place;
      if (done === 'waiting' && registration.status === 'REGISTERED') {
        done = 'saved';
        change.waits = false;
      }
      if (registration.syncStatus === 'SYNCED') {
        change.latencyMs = registration.latencyMs;
        enter(change, `${done}.synced`);
        break;
      }
    }
    await new Promise((resume) => setTimeout(resume, pause));
  }
  clearTimeout(late);
}

/** Null where there is no answer, or one without the shard, which may be about an older state: the next may do better. */
async function ask(id, waitSeconds) {
  const hold = waitSeconds > 0 && held < MOST_HELD;
  held += hold ? 1 : 0;
  try {
    const registration = await api.registration(id, hold ? waitSeconds : 0);
    return registration.shardAvailable ? registration : null;
  } catch {
    return null;
  } finally {
    held -= hold ? 1 : 0;
  }
}
