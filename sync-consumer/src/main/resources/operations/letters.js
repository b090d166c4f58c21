/** The dead letters of a shard: what was given up on, why, what both sides have now, and which of them to put through again. */
import * as api from './api.js';
import { byId, make, refill, row } from './dom.js';
import { moment, number, text } from './texts.js';

const PAGE = 50;
const SIDES = ['shard', 'master'];

const list = { shard: '', letters: [], next: null, chosen: new Set(), rows: {} };

/** Reads the first page of the shard and reason that are chosen, or the next one. Rejects as the API does. */
export async function loadLetters(cursor = null) {
  const shard = byId('letters-shard').value;
  // At once, and not with the answer: what is chosen or compared meanwhile stays.
  if (!cursor) {
    list.chosen.clear();
    list.rows = list.shard === shard ? list.rows : {};
    list.shard = shard;
  }
  const { deadLetters, next } = await api.deadLetters(shard, { reason: byId('letters-reason').value, cursor, limit: PAGE });
  Object.assign(list, { next, letters: cursor ? [...list.letters, ...deadLetters] : deadLetters });
  showLetters();
}

/** Where the next page begins. */
export function nextLetters() {
  return list.next;
}

/** What to put through again, as the API wants it: the chosen ones, or all of the reason. */
export function selection() {
  const reason = byId('letters-reason').value;
  return {
    ...(list.chosen.size > 0 ? { offsets: [...list.chosen] } : {}),
    ...(reason ? { deadReason: reason } : {}),
    limit: 10_000,
  };
}

export function selectionText() {
  const reason = byId('letters-reason').value;
  return list.chosen.size > 0
    ? text('letters.chosen', { count: number(list.chosen.size) })
    : reason ? text('letters.allOf', { reason: text(`reason.${reason}`) }) : text('letters.all');
}

export function showLetters() {
  const heads = ['choose', 'event', 'reason', 'dead'].map((column) => text(`letters.${column}`));
  byId('letters').hidden = list.letters.length === 0;
  byId('letters-more').hidden = list.next === null;
  byId('letters-note').textContent = list.letters.length === 0 && list.shard ? text('letters.none') : '';
  byId('letters-note').className = '';
  refill(byId('letter-rows'), ...list.letters.map((letter) => row({ id: `letter-${letter.offset}` }, heads, [
    [choice(letter)],
    [make('strong', {}, letter.key ?? '–'), make('small', {}, letter.value ?? ''), sidesButton(letter), sides(letter)].filter(Boolean),
    [text(`reason.${letter.reason}`), make('small', {}, letter.message),
      letter.redrives > 0 ? make('small', {}, text('letters.redrives', { n: number(letter.redrives) })) : null].filter(Boolean),
    [make('time', { datetime: letter.deadSince, title: letter.deadSince }, moment(letter.deadSince))],
  ])));
  byId('letters-put').textContent = text('letters.put', { which: selectionText() });
}

function choice({ offset, key }) {
  return make('input', {
    type: 'checkbox',
    'aria-label': text('letters.chooseThis', { key: key ?? offset }),
    checked: list.chosen.has(offset),
    change: ({ target }) => {
      list.chosen[target.checked ? 'add' : 'delete'](offset);
      byId('letters-put').textContent = text('letters.put', { which: selectionText() });
    },
  });
}

function registration({ key }) {
  return /^registration:(\d+)$/.exec(key ?? '')?.[1];
}

function sidesButton(letter) {
  const id = registration(letter);
  return id
    ? make('button', { type: 'button', class: 'quiet', 'data-sides': letter.offset, click: () => compare(letter, id) }, text('letters.compare'))
    : null;
}

async function compare({ offset }, id) {
  try {
    list.rows[offset] = await api.bothSides(list.shard, id);
  } catch (problem) {
    if (!(problem instanceof api.Problem)) {
      throw problem;
    }
    list.rows[offset] = { problem };
  }
  showLetters();
}

/** What both have now, beside each other. */
function sides({ offset }) {
  const found = list.rows[offset];
  if (!found) {
    return null;
  }
  if (found.problem) {
    return make('p', { class: 'problem' }, text('letters.unknown'));
  }
  return make('dl', { class: 'sides' }, ...SIDES.flatMap((side) => [
    make('dt', {}, text(`letters.on.${side}`)),
    make('dd', {}, found[side] ? text('letters.row', {
      ...found[side],
      stno: found[side].stno ?? '–',
      secNo: found[side].secNo ?? '–',
      status: text(`letters.status.${found[side].status}`),
      at: moment(found[side].createdAt),
    }) : text('letters.absent')),
  ]));
}
