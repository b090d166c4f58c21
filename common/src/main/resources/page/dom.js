/** Makes and finds elements. Texts become text nodes, never markup. */

export function byId(id) {
  return document.getElementById(id);
}

/** A new element; attributes that are functions listen to the event of their name, null and false ones are left out. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name, value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A row whose first cell names it. On narrow screens a row is a block: roles keep it a row, heads replace the header. */
export function row(attributes, heads, cells) {
  return make('tr', { role: 'row', ...attributes }, ...cells.map((cell, i) => {
    const { children, ...others } = Array.isArray(cell) ? { children: cell } : cell;
    return i === 0
      ? make('th', { role: 'rowheader', scope: 'row', tabindex: -1, ...others }, ...children)
      : make('td', { role: 'cell', 'data-head': heads[i], ...others }, ...children);
  }));
}

/** Replaces what is in an element and keeps the focus there if it was. */
export function refill(element, ...children) {
  const focused = element.contains(document.activeElement);
  element.replaceChildren(...children);
  if (focused) {
    element.querySelector('[tabindex], button')?.focus({ preventScroll: true });
  }
}

/** Asks in the page's dialog, with a heading and a yes of its own if it has them; whether the answer was yes. Escape is a no. */
export function confirmed(question, { heading, yes } = {}) {
  const dialog = byId('confirm');
  byId('confirm-heading').textContent = heading ?? byId('confirm-heading').textContent;
  byId('confirm-text').textContent = question;
  byId('confirm-yes').textContent = yes ?? byId('confirm-yes').textContent;
  byId('confirm-yes').onclick = () => dialog.close('yes');
  byId('confirm-no').onclick = () => dialog.close();
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
