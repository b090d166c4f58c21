/** How often a page asks: soon after news, ever more rarely while there are none, and not at all while it is hidden. */

const FASTEST_MS = 2_000;
const SLOWEST_MS = 10_000;

export class Pace {
  #ask;
  #timer = null;
  #pause = FASTEST_MS;

  /** @param {() => Promise<void>} ask never rejects */
  constructor(ask) {
    this.#ask = ask;
  }

  start() {
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) {
        clearTimeout(this.#timer);
      } else {
        this.#now();
      }
    });
    this.#now();
  }

  /** Tells whether an answer had news. */
  answered(news) {
    this.#pause = news ? FASTEST_MS : Math.min(SLOWEST_MS, this.#pause * 1.5);
  }

  async #now() {
    clearTimeout(this.#timer);
    await this.#ask();
    clearTimeout(this.#timer);
    if (!document.hidden) {
      this.#timer = setTimeout(() => this.#now(), this.#pause);
    }
  }
}
