/** The page: find a student, register for sections, see the registrations reach the master. */
import * as api from './api.js';
import * as changes from './changes.js';
import { byId, confirmed, make, refill, row } from './dom.js';
import { signedIn } from './session.js';
import { lesson, meeting, moment, number, offerLanguages, plain, problemText, showNamedTexts, text, weekday } from './texts.js';

const DEBOUNCE_MS = 250;
const MOST_STUDENTS = 20;
const PAGE_SIZE = 20;
const FEW_SEATS = 3;
const DAYS = [1, 2, 3, 4, 5, 6, 7];
const NOTHING = { items: [], credits: 0, creditLimit: null };

const state = {
  term: null,
  query: '',
  students: [],
  student: null,
  isOwn: false,
  sections: [],
  own: NOTHING,
  registrations: null,
  next: null,
  lastChange: null,
  notes: {},
};

// Questions to the server: one at a time per area of the page, and only the answer to the newest counts.

const asking = {};
/** Asked beside something that says enough. */
const QUIET = ['own'];

async function ask(area, question, use, failed = () => {}) {
  const again = () => ask(area, question, use, failed);
  asking[area]?.abort();
  const asked = new AbortController();
  asking[area] = asked;
  if (!QUIET.includes(area)) {
    say(area, () => text('loading'));
  }
  try {
    const answer = await question(asked.signal);
    if (asking[area] === asked) {
      use(answer, again);
    }
  } catch (problem) {
    if (!(problem instanceof api.Problem)) {
      throw problem;
    }
    if (asking[area] === asked) {
      failed();
      say(area, () => problemText(problem), again);
    }
  }
}

/** Shows a note in an area; message is asked again when the language changes. */
function say(area, message, retry = null) {
  state.notes[area] = { message, retry };
  byId(`${area}-note`).textContent = message();
  byId(`${area}-note`).classList.toggle('problem', retry !== null);
  byId(`${area}-retry`).hidden = retry === null;
}

// Students

let debounce = 0;

function typed() {
  clearTimeout(debounce);
  debounce = setTimeout(search, DEBOUNCE_MS);
}

function search(thenFocus = false) {
  clearTimeout(debounce);
  const query = byId('search-input').value.trim();
  if (query.length < 2 && !/^\d+$/.test(query)) {
    asking.search?.abort();
    asking.search = null;
    showStudents('', []);
    say('search', () => '');
    return;
  }
  ask('search', (signal) => api.searchStudents(query, MOST_STUDENTS, signal), ({ items, unavailableShards }, again) => {
    showStudents(query, items);
    const message = () => `${foundText(query, items)} ${partial('partial.students', unavailableShards)}`.trim();
    say('search', message, unavailableShards.length > 0 ? again : null);
    if (thenFocus) {
      byId('search-results-heading').focus();
    }
  }, () => showStudents('', []));
}

function foundText(query, items) {
  const key = items.length === 0 ? 'none' : items.length < MOST_STUDENTS ? 'found' : 'first';
  return text(`search.${key}`, { query, count: items.length });
}

function partial(key, shards) {
  return shards.length > 0 ? text(key, { shards: shards.join(', ') }) : '';
}

function showStudents(query, items) {
  state.query = query;
  state.students = items;
  byId('search-results-heading').hidden = query === '';
  byId('students').replaceChildren(...items.map((student) => make('li', {},
    make('button', { type: 'button', class: 'pick', click: () => choose(student) },
      make('strong', { lang: 'vi' }, student.name),
      make('span', { class: 'muted' }, studentLine(student))))));
}

function studentLine(student) {
  return text('student.line', student);
}

function choose(student) {
  state.student = student;
  state.sections = [];
  state.own = NOTHING;
  byId('filter').value = '';
  showChosen();
  showOwn();
  showSections();
  loadSections();
  (student ? byId('chosen-name') : byId('search-input')).focus();
}

function showChosen() {
  const student = state.student;
  byId('search').hidden = student !== null;
  byId('chosen').hidden = student === null;
  byId('chosen-name').textContent = student?.name ?? '';
  byId('chosen-line').textContent = student?.name ? studentLine(student) : '';
  byId('change-student').hidden = state.isOwn;
}

// Sections

function loadSections() {
  const student = state.student;
  asking.own?.abort();
  asking.own = null;
  if (!student) {
    asking.sections?.abort();
    asking.sections = null;
    return;
  }
  ask('sections', (signal) => api.studentTerm(student, signal), (term) => {
    const { items, student: { name, university } } = term;
    if (state.student.name !== name) {
      Object.assign(state.student, { name, university });
      showChosen();
    }
    items.forEach((section) => changes.forget(student, section.secNo));
    use(term, items);
  });
}

/** After a change: what it left of the student's credits and hours. A section just taken stays in sight. */
function refreshSections() {
  const student = state.student;
  ask('own', (signal) => api.studentTerm(student, signal), (term) => {
    const kept = state.sections
      .filter(({ secNo }) => changes.changeOf(student, secNo) && !term.items.some((item) => item.secNo === secNo))
      .map((section) => ({ ...section, refusal: null }));
    use(term, [...term.items, ...kept]);
    say('own', () => '');
  }, () => {
    byId('own').hidden = false; // it has the note
  });
}

function use({ own, credits, creditLimit }, sections) {
  state.own = { items: own, credits, creditLimit };
  state.sections = sections
    .sort((one, two) => one.courseName.localeCompare(two.courseName, 'vi') || one.secNo - two.secNo);
  showOwn();
  showSections();
  saySections();
}

// What the student has, as a week

function showOwn() {
  const { items, credits, creditLimit } = state.own;
  const left = creditLimit === null ? null : Math.max(0, creditLimit - credits);
  const focused = byId('week').contains(document.activeElement);
  byId('own').hidden = items.length === 0 && creditLimit === null;
  byId('credits').textContent = text(creditLimit === null ? 'own.credits' : 'own.creditsLeft', { credits, creditLimit, left });
  byId('week').hidden = items.length === 0;
  const days = DAYS.map((day) => [weekday(day), items.filter(({ time }) => meeting(time)?.day === day)]);
  const others = items.filter(({ time }) => !meeting(time));
  byId('week').replaceChildren(...[...days, [text('own.others'), others]]
    .map(([name, lessons], i) => (i < DAYS.length || lessons.length > 0 ? dayOf(name, lessons) : null))
    .filter(Boolean));
  if (focused) {
    byId('chosen-name').focus({ preventScroll: true });
  }
}

function dayOf(name, lessons) {
  const first = ({ time }) => meeting(time)?.from ?? 0;
  return make('li', { class: lessons.length === 0 && 'free' },
    make('h3', {}, name),
    ...lessons.sort((one, two) => first(one) - first(two)).map((section) => make('div', { class: `lesson ${section.status.toLowerCase()}` },
      make('strong', { lang: 'vi' }, section.courseName),
      make('small', { title: section.time }, `${hours(section.time)} · ${section.hall}`),
      section.place ? make('small', { class: 'waiting' }, `${text('status.WAITING')} · ${text('place', section)}`) : null,
      (section.place ? leaveButton : withdrawButton)(section, section.id))));
}

function hours(time) {
  const meets = meeting(time);
  return meets ? text(meets.from === meets.to ? 'hours.one' : 'hours', meets) : time;
}

function shownSections() {
  const words = plain(byId('filter').value).split(/\s+/);
  return state.sections.filter((section) => {
    const all = plain(`${section.courseName} ${section.hall} ${section.instructor ?? ''} ${lesson(section.time)}`);
    return words.every((word) => all.includes(word));
  });
}

function saySections() {
  say('sections', () => {
    const count = shownSections().length;
    const all = state.sections.length;
    const key = all === 0 ? 'none' : count === all ? 'count' : 'filtered';
    return text(`sections.${key}`, { count, all });
  });
}

function showSections() {
  const shown = shownSections();
  const focused = document.activeElement?.closest('#section-rows .action')?.id;
  const heads = ['course', 'time', 'hall', 'instructor', 'seats', 'action'].map((column) => text(`column.${column}`));
  byId('sections').hidden = shown.length === 0;
  byId('sections-caption').textContent = text(state.term ? 'sections.captionTerm' : 'sections.caption', state.term ?? {});
  byId('section-rows').replaceChildren(...shown.map((section) => row({}, heads, [
    [make('span', { lang: 'vi' }, section.courseName), make('small', {}, text('credits', section))],
    { class: 'whole', title: section.time, children: [lesson(section.time)] },
    { class: 'whole', children: [section.hall] },
    { lang: section.instructor && 'vi', children: [section.instructor ?? text('instructor.none')] },
    { class: 'number', id: `seats-${section.secNo}`, children: [] },
    { class: 'action', id: `action-${section.secNo}`, children: [] },
  ])));
  shown.forEach(showSection);
  if (focused) {
    byId(focused)?.querySelector('[tabindex], button')?.focus({ preventScroll: true });
  }
}

/** Fills the cells of a section that change while the page is open. */
function showSection(section) {
  const action = byId(`action-${section.secNo}`);
  const seats = byId(`seats-${section.secNo}`);
  if (action) {
    seats.replaceChildren(
      text('seats', { left: section.seatsLeft, capacity: section.capacity }),
      ...(section.waiting > 0 ? [make('small', {}, text('seats.waiting', { count: number(section.waiting) }))] : []));
    seats.classList.toggle('few', section.seatsLeft <= FEW_SEATS);
    refill(action, ...actions(section));
  }
}

function actions(section) {
  const change = changes.changeOf(state.student, section.secNo);
  const has = change && (/^(saved|existing|waiting)/.test(change.phase) || (change.id && change.before === 'withdrawing'));
  const busy = change && /^(sending|withdrawing)$/.test(change.phase);
  const waited = !change && state.own.items.find(({ secNo }) => secNo === section.secNo);
  if (waited) {
    return [make('span', { class: 'phase waiting' }, `${text('status.WAITING')} · ${text('place', waited)}`), leaveButton(section, waited.id)];
  }
  const refusal = !has && !busy && change?.phase !== 'failed' && section.refusal;
  const button = busy ? null : !has ? wishButton(section) : change.waits ? leaveButton(section, change.id) : withdrawButton(section, change.id);
  return [
    change ? phaseLine(change) : null,
    refusal ? make('span', { class: 'refusal' }, problemText({ ...refusal.details, code: refusal.code })) : null,
    button,
  ].filter(Boolean);
}

/** Swaps where only what the student has stands in the way, and a seat is left. */
function wishButton(section) {
  const { holds, clashesWith } = section.refusal?.details ?? {};
  const own = state.own.items.find(({ secNo, place }) => secNo === (holds ?? clashesWith)?.secNo && !place);
  return own && section.seatsLeft > 0 ? swapButton(own, section) : registerButton(section);
}

function swapButton(own, section) {
  const student = state.student;
  const values = {
    name: student.name,
    from: own.courseName,
    fromTime: lesson(own.time),
    course: section.courseName,
    time: lesson(section.time),
  };
  const click = async () => {
    if (await confirmed(text('swap.text', values), { heading: text('swap.heading'), yes: text('swap') })) {
      changes.swap(student, own, section);
    }
  };
  return make('button', { type: 'button', class: 'quiet', 'aria-label': text('swap.label', values), click }, text('swap'));
}

/** Registers, or waits where no seat is left; the server has the last word on a rule, which may have changed. */
function registerButton(section) {
  const waits = section.seatsLeft === 0;
  const key = waits ? 'wait' : 'register';
  const label = text(`${key}.label`, { course: section.courseName, time: lesson(section.time) });
  const click = () => changes.register(state.student, section, waits);
  return make('button', { type: 'button', class: (waits || section.refusal) && 'quiet', 'aria-label': label, click }, text(key));
}

/** Nothing is lost but the place, so nothing is asked. */
function leaveButton(section, id) {
  const student = state.student;
  const label = text('leave.label', { course: section.courseName, time: lesson(section.time) });
  const click = () => changes.withdraw(student, section, id);
  return make('button', { type: 'button', class: 'quiet', 'aria-label': label, click }, text('leave'));
}

function withdrawButton(section, id) {
  const student = state.student;
  const values = { name: student.name, course: section.courseName, time: lesson(section.time) };
  const click = async () => {
    if (await confirmed(text('confirm.text', values), { heading: text('confirm.heading'), yes: text('withdraw') })) {
      changes.withdraw(student, section, id);
    }
  };
  return make('button', { type: 'button', class: 'quiet', 'aria-label': text('withdraw.label', values), click }, text('withdraw'));
}

// Changes on their way to the master

function changed(change) {
  state.lastChange = change;
  showBar();
  const { student, section } = change;
  if (state.student?.shard === student.shard && state.student.stno === student.stno) {
    const known = state.sections.find(({ secNo }) => secNo === section.secNo);
    if (known) {
      known.seatsLeft = seatsAfter(change, known);
      showSection(known);
    }
    const gotSeat = change.before?.startsWith('waiting') && change.phase.startsWith('saved');
    if (change.phase.endsWith('.pending') || gotSeat) {
      refreshSections();
    }
  }
  showRegistration(state.registrations?.find(({ id }) => id === change.id));
}

function seatsAfter({ phase, before, problem, waits }, { seatsLeft, capacity }) {
  if (waits) {
    return seatsLeft;
  }
  if (phase === 'failed') {
    return problem.code === 'SECTION_FULL' ? 0 : seatsLeft;
  }
  const taken = { 'sending saved.pending': 1, 'withdrawing withdrawn.pending': -1 }[`${before} ${phase}`] ?? 0;
  return Math.min(capacity, Math.max(0, seatsLeft - taken));
}

function phaseText({ phase, before, problem, student, latencyMs, place }) {
  if (phase !== 'failed') {
    return text(`phase.${phase}`, { shard: student.shard, latency: number(latencyMs ?? 0), place });
  }
  const mayBeSaved = before === 'sending' && /^(SHARD_UNAVAILABLE|NETWORK|INTERNAL|HTTP 5)/.test(problem.code);
  return mayBeSaved ? `${problemText(problem)} ${text('problem.safe')}` : problemText(problem);
}

function phaseClass({ phase }) {
  return phase === 'failed' ? 'problem' : phase.split('.')[1] ?? 'pending';
}

function phaseLine(change) {
  return make('span', { class: `phase ${phaseClass(change)}`, tabindex: -1 }, phaseText(change));
}

function showBar() {
  const change = state.lastChange;
  byId('bar').className = change ? `bar shown ${phaseClass(change)}` : 'bar';
  byId('bar-close').hidden = !change;
  byId('bar-text').textContent = change
    ? `${change.student.name} · ${change.section.courseName}: ${phaseText(change)}`
    : '';
}

function closeBar() {
  state.lastChange = null;
  showBar();
  document.querySelector('main > div:not([hidden]) h1').focus({ preventScroll: true });
}

// The list of registrations

function loadRegistrations(cursor = null) {
  const question = (signal) => api.registrations(PAGE_SIZE, cursor, signal);
  ask('list', question, ({ items, next, masterAvailable, unavailableShards }) => {
    const known = cursor ? state.registrations : [];
    const more = items.filter((item) => !known.some(({ id }) => id === item.id));
    state.registrations = [...known, ...more];
    state.next = next;
    showRegistrations();
    const complete = masterAvailable && unavailableShards.length === 0;
    say('list', () => [
      countText(),
      masterAvailable ? '' : text('partial.master'),
      partial('partial.list', unavailableShards),
    ].filter(Boolean).join(' '), complete ? null : () => loadRegistrations());
    if (cursor && more.length > 0) {
      byId(`registration-${more[0].id}`).querySelector('th').focus();
    }
  });
}

function countText() {
  const count = state.registrations.length;
  return text(`list.${count === 0 ? 'none' : state.next ? 'count' : 'all'}`, { count: number(count) });
}

/** Brings a registration that was read on its own into the list, where one that was made again moves up. */
function read(registration) {
  if (!state.registrations) {
    return;
  }
  const known = state.registrations.findIndex(({ id }) => id === registration.id);
  if (state.registrations[known]?.createdAt === registration.createdAt) {
    state.registrations[known] = registration;
    showRegistration(registration);
  } else {
    state.registrations = [registration, ...state.registrations.filter(({ id }) => id !== registration.id)]
      .sort((one, two) => (Date.parse(two.createdAt) || 0) - (Date.parse(one.createdAt) || 0));
    showRegistrations();
  }
}

function showRegistrations() {
  byId('registrations').hidden = !state.registrations?.length;
  byId('more').hidden = !state.next;
  byId('registration-rows').replaceChildren(...(state.registrations ?? []).map(registrationRow));
}

function showRegistration(registration) {
  const shown = registration && byId(`registration-${registration.id}`);
  if (shown) {
    const focused = shown.contains(document.activeElement);
    const fresh = registrationRow(registration);
    shown.replaceWith(fresh);
    if (focused) {
      fresh.querySelector('th').focus({ preventScroll: true });
    }
  }
}

function registrationRow(registration) {
  const { id, shard, stno, section, studentName, status, place, createdAt, syncedAt, latencyMs } = registration;
  const heads = ['course', 'student', 'created', 'synced', 'latency', 'status', 'shard'].map((column) => text(`column.${column}`));
  return row({ id: `registration-${id}` }, heads, [
    [make('span', { lang: 'vi' }, section.courseName), make('small', { title: section.time }, `${lesson(section.time)} · ${section.hall}`)],
    [make('span', { lang: 'vi' }, studentName), make('small', {}, text('student.number', { stno }))],
    [instant(createdAt)],
    [syncedAt ? instant(syncedAt) : make('span', { class: 'phase waiting' }, text('synced.no'))],
    { class: 'number', children: [latencyMs === null ? '–' : number(latencyMs)] },
    [
      make('span', { class: `tag ${status.toLowerCase()}` }, text(`status.${status}`)),
      place ? make('small', {}, text('place', { place })) : null,
      ownButton(registration),
      make('button', {
        type: 'button',
        class: 'quiet',
        'aria-label': text('history.label', { name: studentName, course: section.courseName }),
        click: () => showHistory(registration),
      }, text('history')),
    ],
    [shard],
  ]);
}

/** Withdrawing, and leaving a list, is offered for this term's registrations of the chosen student. */
function ownButton({ id, shard, stno, secNo, section, status }) {
  const own = state.student?.shard === shard && state.student.stno === stno;
  const thisTerm = !state.term || (state.term.year === section.year && state.term.semester === section.semester);
  const button = own && thisTerm && { REGISTERED: withdrawButton, WAITING: leaveButton }[status];
  return button ? button({ ...section, secNo }, id) : null;
}

function showHistory({ id, studentName, section }) {
  byId('history-of').textContent = `${studentName} · ${section.courseName} · ${lesson(section.time)}`;
  byId('history-items').replaceChildren();
  byId('history').showModal();
  ask('history', (signal) => api.history(id, signal), ({ items }) => {
    byId('history-items').replaceChildren(...items.map(pastState));
    say('history', () => (items.length === 0 ? text('history.none') : ''));
  });
}

function pastState({ changedAt, changedBy, status, mark, reason }) {
  const [, role, who] = /^(\w+):(.*)$/.exec(changedBy) ?? [];
  const by = ['student', 'registrar', 'operator', 'database'].includes(role) ? text(`history.by.${role}`, { who }) : changedBy;
  return make('li', {},
    instant(changedAt),
    make('strong', { class: `tag ${status.toLowerCase()}` }, text(`status.${status}`)),
    make('small', {}, by),
    mark === null ? null : make('small', {}, text('history.mark', { mark: number(mark) })),
    reason ? make('small', {}, text('history.reason', { reason })) : null);
}

function instant(iso) {
  return make('time', { datetime: iso, title: iso }, moment(iso));
}

// The page as a whole

function route({ focus = true } = {}) {
  const list = location.hash === '#list';
  byId('register-view').hidden = list;
  byId('list-view').hidden = !list;
  document.querySelectorAll('nav a').forEach((link) => {
    const current = link.hash === (list ? '#list' : '#register');
    link.setAttribute('aria-current', current ? 'page' : 'false');
  });
  showTitle();
  if (state.lastChange?.phase === 'failed') {
    state.lastChange = null;
    showBar();
  }
  if (list) {
    loadRegistrations();
  }
  if (focus) {
    window.scrollTo(0, 0);
    document.querySelector(`${list ? '#list-view' : '#register-view'} h1`).focus();
  }
}

function showTitle() {
  document.title = `${text(location.hash === '#list' ? 'list.heading' : 'register.heading')} – Ghidanh`;
}

function showTexts() {
  showNamedTexts();
  showTitle();
  showStudents(state.query, state.students);
  showChosen();
  showOwn();
  showSections();
  showRegistrations();
  showBar();
  Object.entries(state.notes).forEach(([area, { message, retry }]) => say(area, message, retry));
}

function start() {
  changes.listen({ changed, read });
  byId('search-input').addEventListener('input', typed);
  byId('search-form').addEventListener('submit', (event) => {
    event.preventDefault();
    search(true);
  });
  byId('change-student').addEventListener('click', () => choose(null));
  byId('filter').addEventListener('input', () => {
    showSections();
    saySections();
  });
  byId('refresh').addEventListener('click', () => loadRegistrations());
  byId('more').addEventListener('click', () => loadRegistrations(state.next));
  byId('bar-close').addEventListener('click', closeBar);
  byId('history-close').addEventListener('click', () => byId('history').close());
  ['search', 'own', 'sections', 'list', 'history'].forEach((area) => {
    byId(`${area}-retry`).addEventListener('click', () => state.notes[area].retry());
  });
  offerLanguages(showTexts);
  window.addEventListener('hashchange', () => route());
  showTexts();
  route({ focus: false });
  signedIn().then(({ roles, shard, stno }) => {
    state.isOwn = !roles.includes('REGISTRAR') && stno !== undefined;
    if (state.isOwn) {
      choose({ shard, stno });
    }
  }, (problem) => say('search', () => problemText(problem)));
  api.currentTerm().then((term) => {
    state.term = term;
    showSections();
    showRegistrations();
  }, () => {
    // The term only makes a caption more precise, and keeps old registrations from offering to be withdrawn.
  });
}

start();
