/** What people read: the language, its texts, and times and numbers as it writes them. */
import en from './en.js';
import vi from './vi.js';

const TABLES = { vi, en };
const LOCALES = { vi: 'vi-VN', en: 'en-GB' };
const TIME_ZONE = 'Asia/Ho_Chi_Minh';
const KEPT_AS = 'ghidanh.language';

let language = kept() ?? (navigator.language.toLowerCase().startsWith('vi') ? 'vi' : 'en');

/** Shows the texts that the page's elements name, and the language that is chosen. */
export function showNamedTexts() {
  document.documentElement.lang = language;
  document.querySelectorAll('[data-text]').forEach((element) => {
    element.textContent = text(element.dataset.text);
  });
  document.querySelectorAll('[data-aria]').forEach((element) => {
    element.setAttribute('aria-label', text(element.dataset.aria));
  });
  document.querySelectorAll('[data-language]').forEach((button) => {
    button.setAttribute('aria-pressed', button.dataset.language === language);
  });
}

/** Lets the page's buttons choose the language; changed is called after each choice. */
export function offerLanguages(changed) {
  document.querySelectorAll('[data-language]').forEach((button) => button.addEventListener('click', () => {
    chooseLanguage(button.dataset.language);
    changed();
  }));
}

function chooseLanguage(chosen) {
  language = chosen;
  try {
    localStorage.setItem(KEPT_AS, chosen);
  } catch {
    // A browser that keeps nothing still switches, until the page is left.
  }
}

function kept() {
  try {
    const found = localStorage.getItem(KEPT_AS);
    return found in TABLES ? found : null;
  } catch {
    return null;
  }
}

/** The text of this key, its {placeholders} replaced. */
export function text(key, values = {}) {
  return TABLES[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

/** What went wrong, told by its code. A section that stands in the way is named by course and time. */
export function problemText(problem) {
  const { code, retryAfter, unavailableShards, holds, clashesWith, opens, closed, dropUntil } = problem;
  const section = holds ?? clashesWith;
  const at = opens ?? closed ?? dropUntil;
  const values = {
    ...problem,
    seconds: retryAfter ?? 5,
    shards: unavailableShards?.join(', '),
    course: section?.courseName,
    time: section && lesson(section.time),
    at: at && moment(at),
  };
  const key = `problem.${code}`;
  const named = `${key}.named`;
  return text((values.shards ?? values.at) && named in TABLES[language] ? named : key in TABLES[language] ? key : 'problem.other', values);
}

export function number(value) {
  return new Intl.NumberFormat(LOCALES[language]).format(value);
}

/** An instant as day and time in Vietnam; as it is where the browser has no such time. */
export function moment(iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) {
    return iso;
  }
  const month = language === 'vi' ? '2-digit' : 'short';
  const day = new Intl.DateTimeFormat(LOCALES[language], { timeZone: TIME_ZONE, day: '2-digit', month, year: 'numeric' });
  const time = new Intl.DateTimeFormat(LOCALES[language], { timeZone: TIME_ZONE, timeStyle: 'medium', hourCycle: 'h23' });
  // Breaks between day and time only.
  return `${day.format(at).replaceAll(' ', '\u00a0')} ${time.format(at)}`;
}

/**
 * When a section meets: "T2 1-3" is the periods 1 to 3 of a Monday, "CN" a Sunday.
 *
 * @returns {?{day: number, from: number, to: number}} day from 1, a Monday; null where the time is written in another way
 */
export function meeting(time) {
  const parts = /^(?:T([2-7])|CN)\s+(\d+)\s*-\s*(\d+)$/.exec(time);
  return parts && { day: Number(parts[1] ?? 8) - 1, from: Number(parts[2]), to: Number(parts[3]) };
}

/** The name of a day of the week, from 1, a Monday. */
export function weekday(day) {
  // The first of January 2024 was a Monday.
  return new Intl.DateTimeFormat(LOCALES[language], { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2024, 0, day));
}

/** A section's time in words. Other ways to write it stay as they are. */
export function lesson(time) {
  const meets = meeting(time);
  return meets ? text(meets.from === meets.to ? 'lesson.one' : 'lesson', { ...meets, day: weekday(meets.day) }) : time;
}

/** Lower case without accents: what a filter compares. */
export function plain(words) {
  return words.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/đ/g, 'd').trim();
}
