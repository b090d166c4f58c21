/** What each shard says, its numbers, and the lag of the last quarter of an hour. */
import { showChart } from './chart.js';
import { byId, make, refill, row } from './dom.js';
import { moment, number, text } from './texts.js';

/** What is carried out on this page, by the kind of the sentence. */
const CURES = { DRIFT: 'repair', DEAD_LETTERS: 'letters', ROWS_WAIT: 'resync', FILLING: 'resync' };

const LONG_UNITS = [['unit.d', 86_400], ['unit.h', 3_600], ['unit.min', 60]];

let shown = [];
let numbers = '';
let chosen = null;
/** What this machine's clock is behind the server's, in milliseconds. */
let behind = 0;

/**
 * @param {string} [now] of the server; absent where nothing was measured anew
 */
export function showOverview(shards, now) {
  shown = shards;
  if (now) {
    behind = Date.parse(now) - Date.now();
  }
  showSentences(shards);
  showNumbers(shards);
  choose(chosen ?? shards[0]?.name);
}

/** Shows the lag of a shard. */
export function choose(name) {
  const shard = shown.find((one) => one.name === name);
  byId('chart').hidden = !shard;
  if (shard) {
    chosen = name;
    byId('chart-heading').textContent = text('chart.heading', { shard: name });
    byId('chart-note').textContent = shard.history.some(({ rows }) => rows > 0) ? '' : text('chart.none');
    showChart(byId('chart-plot'), shard.history);
  }
}

/** What is in the hand of the keyboard stays there. */
function showSentences(shards) {
  const focused = document.activeElement?.closest('#sentences li')?.id;
  byId('sentences').replaceChildren(...shards.map(sentence));
  if (focused) {
    byId(focused)?.querySelector('a')?.focus({ preventScroll: true });
  }
}

function sentence(shard) {
  const { kind, severity, since } = shard.diagnosis;
  const values = told(shard);
  const key = kind === 'SYNCED' && shard.diagnosis.seconds === null ? 'diagnosis.SYNCED.idle' : `diagnosis.${kind}`;
  const elapsed = duration((Date.now() + behind - Date.parse(since)) / 1000);
  return make('li', { id: `says-${shard.name}`, class: severity.toLowerCase(), 'data-kind': kind },
    make('strong', {}, text(key, values)),
    kind === 'SYNCED' ? null : make('p', {}, text(`cure.${kind}`, values), cureLink(kind, shard.name)),
    make('small', {}, text('since', { elapsed }), ' ', make('time', { datetime: since }, moment(since))));
}

function told({ name, diagnosis: { rows, seconds, message } }) {
  return {
    shard: name,
    rows: rows === null ? '–' : number(rows),
    seconds: seconds === null ? '–' : duration(Math.abs(seconds)),
    message: message ?? '',
  };
}

function cureLink(kind, shard) {
  const operation = CURES[kind];
  return operation ? make('a', { href: `#${operation}/${shard}` }, text(operation === 'letters' ? 'letters.heading' : `operation.${operation}`)) : null;
}

/** Seconds in the unit that people would use; a clock may be behind. */
function duration(seconds) {
  if (seconds < 0) {
    return seconds > -0.0005 ? duration(0) : `−${duration(-seconds)}`;
  }
  for (const [unit, length] of LONG_UNITS) {
    if (seconds >= 2 * length) {
      return text(unit, { n: number(Math.floor(seconds / length)) });
    }
  }
  return seconds < 1
    ? text('unit.ms', { n: number(Math.round(seconds * 1000)) })
    : text('unit.s', { n: number(Math.round(seconds * 10) / 10) });
}

function showNumbers(shards) {
  const news = JSON.stringify([document.documentElement.lang, shards]);
  if (news === numbers) {
    return;
  }
  numbers = news;
  const heads = ['shard', 'lag', 'oldest', 'unsynced', 'outbox', 'waiting', 'relay', 'dead', 'clock', 'drift']
    .map((column) => text(`column.${column}`));
  refill(byId('shard-rows'), ...shards.map((shard) => row({}, heads, [
    [make('a', { href: `#shard/${shard.name}` }, shard.name), make('small', {}, shard.label)],
    numeric(lagText(shard.history)),
    numeric(shard.diagnosis.kind === 'FILLING' ? text('beforeMaster') : known(shard.oldestUnsyncedSeconds, duration)),
    numeric(known(shard.unsyncedRows, number)),
    numeric(known(shard.outboxRows, number)),
    numeric(known(shard.waitingEvents, number)),
    [known(shard.led, (led) => text(led ? 'relay.led' : 'relay.none'))],
    numeric(make('a', { href: `#letters/${shard.name}` }, deadText(shard.deadLetters))),
    numeric(known(shard.clockSeconds, duration)),
    driftCell(shard),
  ])));
}

/** What holds now, and what has fired within a day. */
export function showAlerts(alerts) {
  byId('alerts').hidden = alerts.length === 0;
  byId('alerts-note').textContent = alerts.length === 0 ? text('alerts.none') : '';
  const heads = ['alert', 'shard', 'state', 'since', 'until'].map((column) => text(`column.${column}`));
  refill(byId('alert-rows'), ...alerts.map((alert) => row({ 'data-state': alert.state }, heads, [
    [text(`alert.${alert.rule}`), make('small', {}, alert.alert)],
    [make('a', { href: `#shard/${alert.shard}` }, alert.shard)],
    [make('span', { class: `phase ${alertClass(alert.state)}` }, text(`alert.${alert.state}`)),
      make('small', {}, text(`alert.${alert.severity}`))],
    [time(alert.firing ?? alert.since)],
    [alert.resolved ? time(alert.resolved) : '–'],
  ])));
}

function alertClass(state) {
  return { PENDING: 'pending', RESOLVED: 'synced' }[state] ?? 'problem';
}

function time(at) {
  return make('time', { datetime: at, title: at }, moment(at));
}

function numeric(content) {
  return { class: 'number', children: [content] };
}

function known(value, shownAs) {
  return value === null || value === undefined ? '–' : shownAs(value);
}

/** Of the last step that had rows, unless it is older than a minute. */
function lagText(history) {
  const last = history.slice(-6).findLast(({ rows }) => rows > 0);
  return last ? `${duration(last.p50)} / ${duration(last.p99)}` : '–';
}

function deadText({ letters, more }) {
  return more ? text('dead.more', { count: number(letters) }) : number(letters);
}

function driftCell({ drift, beganAnew }) {
  const anew = beganAnew ? make('small', {}, text('beganAnew', { at: moment(beganAnew) })) : null;
  if (!drift) {
    return [text('drift.none'), anew].filter(Boolean);
  }
  const left = (kind) => Object.values(drift.entities).reduce((sum, { [kind]: { rows, repaired } }) => sum + rows - repaired, 0);
  const [missing, different, extra] = ['missing', 'different', 'extra'].map(left);
  const equal = missing + different + extra === 0;
  return [
    make('span', { class: `phase ${equal ? 'synced' : 'problem'}` }, equal
      ? text('drift.equal')
      : text('drift.found', { missing: number(missing), different: number(different), extra: number(extra) })),
    make('small', {}, moment(drift.checkedAt)),
    anew,
  ].filter(Boolean);
}
