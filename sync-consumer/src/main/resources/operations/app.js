/** The operators' page: see the shards, and put the master right in two steps, a dry run and then the deed. */
import * as api from './api.js';
import { byId, confirmed, make, refill, row } from './dom.js';
import { loadLetters, nextLetters, selection, selectionText, showLetters } from './letters.js';
import { choose, showAlerts, showOverview } from './overview.js';
import { Pace } from './pace.js';
import { signedIn } from './session.js';
import { moment, number, offerLanguages, problemText, showNamedTexts, text } from './texts.js';

const MOST_JOBS = 20;

/** Of so many questions one is for the jobs. */
const JOBS_EVERY = 5;

/** The two bodies of what has a flag for a dry run. */
const BY_FLAG = {
  dry: (order) => ({ ...order, dryRun: true }),
  real: (order) => ({ ...order, dryRun: false }),
};

/**
 * What can be done: the body of its dry run and of the deed, and which counts are changes. Jobs are answered with where
 * they are; a redrive is over at once.
 */
const OPERATIONS = {
  replay: {
    send: api.replay,
    ...BY_FLAG,
    changes: ['inserted', 'updated'],
  },
  resync: {
    send: api.resync,
    ...BY_FLAG,
    changes: ['inserted', 'updated'],
  },
  repair: {
    send: api.checkDrift,
    dry: (order) => order,
    real: (order) => ({ ...order, repair: true }),
    changes: ['missing', 'different'],
  },
  remove: {
    send: api.checkDrift,
    dry: (order) => order,
    real: (order, dryRun) => ({ ...order, removeExtra: true, after: dryRun.id }),
    changes: ['extra'],
  },
  redrive: {
    send: redriven,
    ...BY_FLAG,
    changes: ['redriven'],
    oneShard: true,
  },
};

const state = {
  shards: [],
  alerts: null,
  questions: 0,
  jobs: null,
  job: null,
  events: null,
  preview: null,
  notes: {},
};

/** A redrive in the shape of a job that is over. */
async function redriven(order) {
  const { result } = await api.redrive(order);
  const counts = { redriven: result.redriven.length, refused: result.refused.length, remaining: result.remaining };
  return { state: 'DONE', counts };
}

/** Shows a note in an area; message is asked again when the language changes. */
function say(area, message, style = '') {
  state.notes[area] = { message, style };
  byId(`${area}-note`).textContent = message();
  byId(`${area}-note`).className = style;
}

/** Does something that may be refused, and says so in the area. */
async function attempt(area, deed) {
  try {
    await deed();
  } catch (problem) {
    if (!(problem instanceof api.Problem)) {
      throw problem;
    }
    say(area, () => problemText(problem), 'problem');
  }
}

/** Keeps news and says whether they differ from what is shown: rows that stay keep the focus. */
function isNew(name, news) {
  const same = JSON.stringify(state[name]) === JSON.stringify(news);
  state[name] = news;
  return !same;
}

// Shards

function loadShards() {
  return attempt('shards', async () => {
    const names = JSON.stringify(state.shards.map(({ name }) => name));
    const { now, shards, alerts } = await api.shards();
    const changed = [isNew('shards', shards), isNew('alerts', alerts)];
    if (changed[1]) {
      showAlerts(alerts);
    }
    showOverview(shards, now);
    if (names !== JSON.stringify(shards.map(({ name }) => name))) {
      byId('letters-shard').replaceChildren(...shards.map(({ name }) => make('option', { value: name }, name)));
      showShardChoice();
      await askLetters();
      follow();
    }
    say('shards', () => '');
    pace.answered(changed.includes(true));
  });
}

// The order: a dry run, then the deed

function operation() {
  return byId('operation').value;
}

/** What is asked for, without who and why: those may still change after the dry run. */
function order() {
  const asked = { shard: byId('shard').value };
  if (operation() === 'replay') {
    // The field has no zone: Vietnam's, as all times of this page.
    asked.from = byId('from').value ? `${byId('from').value.padEnd(19, ':00')}+07:00` : 'earliest';
  }
  if (operation() === 'redrive') {
    Object.assign(asked, selection());
  }
  if (/^(replay|resync)$/.test(operation()) && byId('rate').value) {
    asked.maxPerSecond = Number(byId('rate').value);
  }
  return asked;
}

function audit() {
  return { reason: byId('reason').value.trim() };
}

/** What the dry run was about; the deed must be about the same. */
function subject() {
  return JSON.stringify([operation(), order()]);
}

async function preview() {
  const { send, dry } = OPERATIONS[operation()];
  const asked = { subject: subject(), job: null };
  state.preview = asked;
  showOrder();
  await attempt('order', async () => {
    const job = await send(dry(order()));
    watch(job, (told) => {
      asked.job = told;
      showOrder();
    });
  });
  if (!asked.job && state.preview === asked && state.notes.order.style === 'problem') {
    state.preview = null;
    showButtons();
  }
}

async function carryOut() {
  const { send, real } = OPERATIONS[operation()];
  const asked = state.preview;
  const values = {
    operation: text(`operation.${operation()}`),
    shard: shardText(order().shard),
    changes: changesText(operation(), asked.job.counts),
    reason: audit().reason,
  };
  if (!await confirmed(text('confirm.text', values)) || !isReady()) {
    return;
  }
  const what = operation();
  state.preview = null;
  showButtons();
  say('order', () => text('order.started'), 'good');
  await attempt('order', async () => {
    const job = await send({ ...real(order(), asked.job), ...audit() });
    watch(job, (told) => {
      if (told.state === 'DONE') {
        byId('reason').value = '';
        say('order', () => text('order.done', { changes: doneText(what, told.counts) }), 'good');
        loadShards();
        askLetters();
      }
    });
  });
}

function changes(what, counts) {
  return OPERATIONS[what].changes.map((outcome) => [outcome, counts[outcome] ?? 0]).filter(([, n]) => n > 0);
}

function changesText(what, counts) {
  return countsText(Object.fromEntries(changes(what, counts)));
}

/** What was done in the end: a repair tells what it repaired, not only what it found. */
function doneText(what, counts) {
  const outcomes = { repair: ['repaired'], remove: ['removed'] }[what] ?? OPERATIONS[what].changes;
  return countsText(Object.fromEntries(outcomes.map((outcome) => [outcome, counts[outcome] ?? 0])));
}

function isReady() {
  const { preview } = state;
  return preview?.job?.state === 'DONE' && preview.subject === subject()
    && changes(operation(), preview.job.counts).length > 0 && audit().reason !== '';
}

function showOrder() {
  const what = operation();
  document.querySelectorAll('[data-only]').forEach((field) => {
    field.hidden = !field.dataset.only.split(' ').includes(what);
  });
  showHint();
  if (state.preview && state.preview.subject !== subject()) {
    state.preview = null;
  }
  const job = state.preview?.job;
  if (!state.preview) {
    say('order', () => text('order.first'));
  } else if (!job || job.state === 'RUNNING') {
    say('order', () => text('order.running'));
  } else if (job.state !== 'DONE') {
    say('order', () => text('order.ended'), 'problem');
  } else if (changes(what, job.counts).length === 0) {
    say('order', () => text('order.nothing'), 'good');
  } else {
    say('order', () => text('order.would', { changes: changesText(what, job.counts) }));
  }
  showButtons();
}

function showButtons() {
  const running = state.preview && (!state.preview.job || state.preview.job.state === 'RUNNING');
  byId('preview').disabled = Boolean(running);
  byId('carry-out').disabled = !isReady();
}

function showShardChoice() {
  const chosen = byId('shard').value;
  const names = state.shards.map(({ name }) => name);
  const choices = OPERATIONS[operation()].oneShard ? names : ['all', ...names];
  byId('shard').replaceChildren(...choices.map((name) =>
    make('option', { value: name, selected: name === chosen }, shardText(name))));
}

function shardText(name) {
  return name === 'all' ? text('shard.all') : `shard ${name}`;
}

// The job in hand

/** Shows a job until it is over; told hears each step as well. */
function watch(job, told = () => {}) {
  state.events?.close();
  state.events = null;
  if (!job.url) {
    told(job);
    loadJobs();
    return;
  }
  const hear = (news) => {
    state.job = news;
    showJob();
    told(news);
    if (news.state !== 'RUNNING') {
      loadJobs();
    }
  };
  hear(job);
  byId('job').scrollIntoView({ block: 'nearest' });
  if (job.state === 'RUNNING') {
    state.events = api.follow(job, hear);
  }
  loadJobs();
}

function showJob() {
  const job = state.job;
  byId('job').hidden = !job;
  if (!job) {
    return;
  }
  const values = { operation: text(`kind.${job.kind}`), id: job.id, shard: shardText(job.shard) };
  byId('job-heading').textContent = text(job.options.dryRun ? 'job.dry' : 'job.heading', values);
  // Without a value the bar says that it is not known yet.
  byId('job-progress').max = Math.max(1, job.total);
  if (job.total > 0 || job.state !== 'RUNNING') {
    byId('job-progress').value = job.state === 'DONE' ? byId('job-progress').max : job.read;
  } else {
    byId('job-progress').removeAttribute('value');
  }
  byId('job-line').textContent = text(job.etaSeconds ? 'job.eta' : 'job.line', {
    read: number(job.read), total: number(job.total), rate: number(job.ratePerSecond), eta: number(job.etaSeconds ?? 0),
  });
  byId('job-counts').textContent = countsText(job.counts);
  byId('cancel').hidden = job.state !== 'RUNNING';
  say('job', () => [text(`state.${job.state}`), job.message, refusedText(job)].filter(Boolean).join(': '), stateClass(job.state));
}

function stateClass(jobState) {
  return { RUNNING: '', DONE: 'good' }[jobState] ?? 'problem';
}

function countsText(counts) {
  return Object.entries(counts).map(([outcome, n]) => text(`count.${outcome}`, { n: number(n) })).join(', ');
}

// By the master's own words.
function refusedText(job) {
  return Object.entries(job.report?.refused ?? {}).map(([row, why]) => `${row}: ${why}`).join('; ');
}

// All jobs: the audit

function loadJobs() {
  return attempt('jobs', async () => {
    const first = state.jobs === null;
    if (isNew('jobs', (await api.jobs(MOST_JOBS)).jobs)) {
      showJobs();
    }
    if (first && location.hash.startsWith('#job/')) {
      follow();
    }
    say('jobs', () => (state.jobs.length === 0 ? text('jobs.none') : ''));
  });
}

function showJobs() {
  const heads = ['job', 'shard', 'who', 'when', 'reason', 'counts', 'state'].map((column) => text(`column.${column}`));
  byId('jobs').hidden = !state.jobs?.length;
  refill(byId('job-rows'), ...(state.jobs ?? []).map((job) => row({}, heads, [
    [make('a', { href: `#job/${job.id}` }, `${text(`kind.${job.kind}`)} ${job.id}`), job.options.dryRun ? make('small', {}, text('dry')) : null].filter(Boolean),
    [job.shard === 'all' ? text('shard.all') : job.shard],
    [job.requestedBy],
    [make('time', { datetime: job.startedAt, title: job.startedAt }, moment(job.startedAt))],
    [job.reason || '–'],
    [countsText(job.counts) || '–'],
    [make('span', { class: `phase ${phaseClass(job.state)}`, title: job.message }, text(`state.${job.state}`)), jobButton(job)].filter(Boolean),
  ])));
}

function phaseClass(jobState) {
  return { RUNNING: 'pending', DONE: 'synced', CANCELLED: 'waiting' }[jobState] ?? 'problem';
}

function jobButton(job) {
  if (job.state === 'RUNNING' && job.id !== state.job?.id) {
    return make('button', { type: 'button', class: 'quiet', click: () => watch(job) }, text('job.follow'));
  }
  const resumable = /^(REPLAY|RESYNC)$/.test(job.kind) && /^(INTERRUPTED|FAILED)$/.test(job.state);
  return resumable
    ? make('button', { type: 'button', class: 'quiet', click: () => resume(job) }, text('job.resume'))
    : null;
}

async function resume(job) {
  const values = {
    operation: text(`kind.${job.kind}`), shard: shardText(job.shard), id: job.id, read: number(job.read), total: number(job.total),
  };
  if (await confirmed(text('confirm.resume', values))) {
    attempt('jobs', async () => watch(await api.resume(job)));
  }
}

// The page as a whole

/** One question at a time, and none that nobody looks at. */
const pace = new Pace(() => {
  state.questions += 1;
  return state.questions % JOBS_EVERY === 0 ? loadJobs() : loadShards();
});

/** Goes where the address says: #shard/5433, #letters/5433, #job/12, or an operation and its shard, such as #repair/5433. */
function follow() {
  const [what, which] = decodeURIComponent(location.hash.slice(1)).split('/');
  if (what === 'shard') {
    choose(which);
    byId('chart').scrollIntoView({ block: 'nearest' });
  } else if (what === 'job') {
    const job = state.jobs?.find(({ id }) => String(id) === which);
    if (job) {
      watch(job);
    }
  } else if (what === 'letters') {
    byId('letters-shard').value = which ?? '';
    askLetters();
    byId('letters-shard').focus();
    byId('letters-section').scrollIntoView({ block: 'start' });
  } else if (what in OPERATIONS) {
    byId('operation').value = what;
    showShardChoice();
    byId('shard').value = which ?? '';
    showOrder();
    byId('operation').focus();
    byId('order').scrollIntoView({ block: 'nearest' });
  }
}

function showTexts() {
  showNamedTexts();
  document.title = `${text('heading')} – Ghidanh`;
  const chosen = operation();
  byId('operation').replaceChildren(...Object.keys(OPERATIONS).map((what) =>
    make('option', { value: what, selected: what === chosen }, text(`operation.${what}`))));
  if (state.shards.length > 0) {
    showOverview(state.shards);
    showAlerts(state.alerts);
  }
  showShardChoice();
  showJob();
  showJobs();
  Object.entries(state.notes).forEach(([area, { message, style }]) => say(area, message, style));
  showHint();
  showLetters();
}

function showHint() {
  const which = operation() === 'redrive' ? ` ${selectionText()}.` : '';
  byId('operation-hint').textContent = text(`hint.${operation()}`) + which;
}

// Dead letters

function askLetters(cursor) {
  return attempt('letters', () => loadLetters(cursor));
}

/** To the form of all operations, which does nothing without a dry run. */
function putThrough() {
  location.hash = '';
  byId('operation').value = 'redrive';
  showShardChoice();
  byId('shard').value = byId('letters-shard').value;
  showOrder();
  byId('order').scrollIntoView({ block: 'nearest' });
  preview();
}

function start() {
  showTexts();
  showOrder();
  byId('order').addEventListener('submit', (event) => {
    event.preventDefault();
    preview();
  });
  ['shard', 'from', 'rate'].forEach((field) => byId(field).addEventListener('input', showOrder));
  byId('operation').addEventListener('input', () => {
    showShardChoice();
    showOrder();
  });
  byId('reason').addEventListener('input', showButtons);
  byId('carry-out').addEventListener('click', carryOut);
  byId('cancel').addEventListener('click', () => attempt('job', async () => api.cancel(state.job)));
  byId('refresh').addEventListener('click', () => {
    loadShards();
    loadJobs();
  });
  byId('letters-put').addEventListener('click', putThrough);
  byId('letters-more').addEventListener('click', () => askLetters(nextLetters()));
  ['letters-shard', 'letters-reason'].forEach((field) => byId(field).addEventListener('input', () => askLetters()));
  offerLanguages(showTexts);
  say('shards', () => text('shards.loading'));
  window.addEventListener('hashchange', follow);
  signedIn().then(() => {
    loadJobs();
    pace.start();
  }, (problem) => say('shards', () => problemText(problem), 'problem'));
}

start();
