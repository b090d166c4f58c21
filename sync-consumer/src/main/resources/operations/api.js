/** The REST API of sync-consumer. Every function rejects with a {@link Problem}. */
import { body, call, Problem } from './http.js';

export { Problem };

/** What is measured of each shard, and what it says. */
export function shards() {
  return body(call('api/shards'));
}

/** Open dead letters of a shard, the newest first. */
export function deadLetters(shard, { reason, cursor, limit }) {
  const more = `${reason ? `&deadReason=${reason}` : ''}${cursor ? `&cursor=${cursor}` : ''}`;
  return body(call(`api/dead-letters?shard=${encodeURIComponent(shard)}&limit=${limit}${more}`));
}

/** A registration as shard and master have it now. */
export function bothSides(shard, id) {
  return body(call(`api/dead-letters/rows?shard=${encodeURIComponent(shard)}&id=${id}`));
}

/** Jobs of all kinds, the newest first. */
export function jobs(limit) {
  return body(call(`api/jobs?limit=${limit}`));
}

export function replay(order) {
  return body(call('api/replays', { method: 'POST', json: order }));
}

export function resync(order) {
  return body(call('api/resyncs', { method: 'POST', json: order }));
}

export function checkDrift(order) {
  return body(call('api/drift-checks', { method: 'POST', json: order }));
}

export function redrive(order) {
  return body(call('api/dead-letters/redrive', { method: 'POST', json: order }));
}

export function cancel(job) {
  return body(call(job.url.slice(1), { method: 'DELETE' }));
}

export function resume(job) {
  return body(call(`${job.url.slice(1)}/resume`, { method: 'POST' }));
}

/** Tells of a job until it is over, also after the connection was lost. */
export function follow(job, told) {
  const events = new EventSource(`${job.url.slice(1)}/events`);
  const tell = ({ data }) => told(JSON.parse(data));
  events.addEventListener('progress', tell);
  events.addEventListener('end', (event) => {
    events.close();
    tell(event);
  });
  return events;
}
