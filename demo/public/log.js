/** The log in words, the newest line first. */

const maxLines = 200;

export class Log {
  #list;

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }

  /**
   * An event that the socket has fired.
   *
   * @param {string} name
   * @param {string} text
   */
  event(name, text) {
    const code = document.createElement('code');
    code.textContent = name;
    this.#add(name, code, ' ', text);
  }

  /** @param {string} text */
  weather(text) {
    this.#add('weather', text);
  }

  /**
   * @param {string} kind
   * @param {...(Node | string)} content
   */
  #add(kind, ...content) {
    const now = new Date();
    const time = document.createElement('time');
    time.dateTime = now.toISOString();
    time.textContent = now.toTimeString().slice(0, 8);
    const text = document.createElement('span');
    text.append(...content);
    const line = document.createElement('li');
    line.dataset['kind'] = kind;
    line.append(time, ' ', text);
    this.#list.prepend(line);
    while (this.#list.childElementCount > maxLines) this.#list.lastElementChild?.remove();
  }
}
