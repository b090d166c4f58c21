/** The REST API of registration-service. Every function rejects with a {@link Problem}. */
import { body, call, Problem } from './http.js';

export { Problem };

export function searchStudents(query, limit, signal) {
  return body(call(`api/students?q=${encodeURIComponent(query)}&limit=${limit}`, { signal }));
}

/** The student's current term: what they have, what they could ask for, and what would stand against it. */
export function studentTerm({ shard, stno }, signal) {
  return body(call(`api/students/${encodeURIComponent(shard)}/${stno}/sections?full=true`, { signal }));
}

export function currentTerm() {
  return body(call('api/terms/current'));
}

/**
 * @param waitlist whether to wait where no seat is left
 * @returns {{created: boolean, registration: object}} created is false where the student had the section before
 */
export async function register(shard, stno, secNo, waitlist) {
  const answer = await call('api/registrations', { method: 'POST', json: { shard, stno, secNo, waitlist } });
  return { created: answer.status === 201, registration: answer.body };
}

/** Gives up a registration for a section, or changes nothing. */
export async function swap(id, secNo) {
  const answer = await call(`api/registrations/${encodeURIComponent(id)}:swap`, { method: 'POST', json: { secNo } });
  return { created: answer.status === 201, registration: answer.body };
}

export function withdraw(id) {
  return call(`api/registrations/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

/** @param waitSeconds how long the server may hold the answer until the master has the registration */
export function registration(id, waitSeconds) {
  return body(call(`api/registrations/${encodeURIComponent(id)}`, { waitSeconds }));
}

/** Who changed a registration, when and into what, the newest first. */
export function history(id, signal) {
  return body(call(`api/registrations/${encodeURIComponent(id)}/history`, { signal }));
}

export function registrations(limit, cursor, signal) {
  const after = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
  return body(call(`api/registrations?limit=${limit}${after}`, { signal }));
}
