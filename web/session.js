// One person's conversation: what is kept in the browser, and the talk with the server.

/**
 * @typedef {{title: string, payload?: string, url?: string}} Button
 * @typedef {{id: number, from: "user" | "bot", text: string, client_id?: string, buttons?: Button[], image?: string,
 *   image_alt?: string, sources?: string[], answer?: string, alert?: boolean}} Message
 * @typedef {{id: string, text: string, payload?: string}} Outgoing
 * @typedef {"sending" | "sent" | "waiting" | "tooMany" | "refused"} State
 * @typedef {{name: string, hours: string, phone: string, emergency: string}} Clinic
 * @typedef {{token: string, greeting: Message, clinic: Clinic, most_characters: number}} Begun
 * @typedef {{said(messages: Message[]): void, state(id: string, state: State, why?: string): void,
 *   connected(is: boolean): void, ended(): void}} Listener
 */

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15000;

class Refused extends Error {
  /** @param {Response} response @param {{error?: {message?: string}}} body */
  constructor(response, body) {
    super(body.error?.message ?? response.statusText);
    this.status = response.status;
    this.retryAfter = Number(response.headers.get("Retry-After")) * 1000;
  }
}

export class Session {
  /** @type {Begun | undefined} */
  begun;
  /** The newest message that is shown. */
  last = 0;
  #base;
  #listener;
  #key;
  #memory = "{}";
  #isSending = false;
  #wait = FIRST_WAIT;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {AbortController | undefined} */
  #stream;

  /** @param {string} base where the server is found @param {Listener} listener what hears of everything */
  constructor(base, listener) {
    this.#base = base;
    this.#listener = listener;
    this.#key = `clinic-chat ${base}`;
    this.begun = this.#kept().begun;
    addEventListener("online", () => this.flush());
    addEventListener("offline", () => listener.connected(false));
    addEventListener("storage", (event) => {
      if (event.key === this.#key && !event.newValue) listener.ended();
    });
  }

  /** What is written and not yet answered, oldest first. */
  get outgoing() {
    return this.#kept().outgoing;
  }

  /** Begins the conversation, or goes on with the one that this browser had, and fetches what was said. */
  async start() {
    await this.#begin();
    const { messages } = await this.#fetch("messages");
    this.#hear(messages);
    this.#listener.connected(true);
    this.flush();
  }

  /** Sends a message, and keeps it until it is answered. @param {string} text @param {string} [payload] */
  send(text, payload) {
    const message = { id: newId(), text, payload };
    this.#keep({ outgoing: [...this.outgoing, message] });
    this.#listener.state(message.id, "sending");
    this.flush();
    return message;
  }

  /** Sends what waits, one after the other. */
  async flush() {
    if (this.#isSending) return;
    clearTimeout(this.#timer);
    this.#isSending = true;
    try {
      for (let next = this.outgoing[0]; next; next = this.outgoing[0]) await this.#sendOne(next);
    } catch (error) {
      this.#later(error);
    } finally {
      this.#isSending = false;
    }
  }

  /** Hears what is said from now on, until `silence` is called. */
  async listen() {
    this.silence();
    const stream = (this.#stream = new AbortController());
    while (!stream.signal.aborted) {
      try {
        const response = await this.#ask(`events?after=${this.last}`, { signal: stream.signal });
        await this.#read(response);
      } catch (error) {
        if (stream.signal.aborted) return;
      }
      await new Promise((done) => setTimeout(done, 2000));
    }
  }

  silence() {
    this.#stream?.abort();
  }

  /** Forgets the conversation here; with `everywhere` on the server too. @param {boolean} everywhere */
  async end(everywhere) {
    if (everywhere && this.begun) await this.#fetch("messages", { method: "DELETE" });
    this.silence();
    clearTimeout(this.#timer);
    this.#store?.removeItem(this.#key);
    this.#memory = "{}";
    this.begun = undefined;
    this.last = 0;
    this.#listener.ended();
  }

  /** @param {Outgoing} message */
  async #sendOne(message) {
    this.#listener.state(message.id, "sending");
    if (!this.begun) await this.#begin();
    try {
      const { messages } = await this.#fetch("messages", { method: "POST", body: JSON.stringify(message) });
      this.#done(message.id);
      this.#listener.connected(true);
      this.#listener.state(message.id, "sent");
      this.#hear(messages, true);
      this.#wait = FIRST_WAIT;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.status === 401) return this.#begin(true);
      if (error.status === 429 || error.status >= 500) throw error;
      this.#done(message.id);
      this.#listener.state(message.id, "refused", error.message);
    }
  }

  /** Tries again after a while, longer each time. @param {unknown} error */
  #later(error) {
    const busy = error instanceof Refused;
    const next = this.outgoing[0];
    if (next) this.#listener.state(next.id, busy && error.status === 429 ? "tooMany" : "waiting");
    if (!busy) this.#listener.connected(false);
    this.#timer = setTimeout(() => this.flush(), (busy && error.retryAfter) || this.#wait);
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
  }

  /** @param {string} id */
  #done(id) {
    this.#keep({ outgoing: this.outgoing.filter((it) => it.id !== id) });
  }

  /** @param {Message[]} messages @param {boolean} [isReply] */
  #hear(messages, isReply) {
    const kept = new Set(this.outgoing.map((it) => it.id));
    const fresh = messages.filter((it) => it.id > this.last);
    for (const it of fresh) if (it.client_id && kept.has(it.client_id)) this.#done(it.client_id);
    if (fresh.length) this.last = Math.max(this.last, ...fresh.map((it) => it.id));
    if (fresh.length || (isReply && !messages.length)) this.#listener.said(fresh);
  }

  /** @param {boolean} [anew] */
  async #begin(anew) {
    if (anew) this.begun = undefined;
    this.begun = /** @type {Begun} */ (await this.#fetch("session", { method: "POST" }));
    this.#keep({ begun: this.begun });
  }

  /** Reads server-sent events. @param {Response} response */
  async #read(response) {
    const reader = /** @type {ReadableStream<BufferSource>} */ (response.body).pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ; ) {
      const { value, done } = await reader.read();
      if (done) return;
      const events = (rest + value).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) {
        const data = event.split("\n").find((it) => it.startsWith("data: "));
        if (!data) continue;
        const message = JSON.parse(data.slice(6));
        if (message.forgotten) return this.end(false);
        this.#listener.connected(true);
        this.#hear([message]);
      }
    }
  }

  /** @param {string} path @param {RequestInit} [options] */
  async #fetch(path, options) {
    return (await this.#ask(path, options)).json();
  }

  /** @param {string} path @param {RequestInit} [options] */
  async #ask(path, options = {}) {
    const headers = { ...(options.body ? { "Content-Type": "application/json" } : {}), ...(this.begun ? { Authorization: `Bearer ${this.begun.token}` } : {}) };
    const response = await fetch(this.#base + path, { ...options, headers, credentials: "omit", cache: "no-store" });
    if (!response.ok) throw new Refused(response, await response.json().catch(() => ({})));
    return response;
  }

  /** @returns {{begun?: Begun, outgoing: Outgoing[]}} */
  #kept() {
    return { outgoing: [], ...JSON.parse(this.#store?.getItem(this.#key) ?? this.#memory) };
  }

  /** @param {{begun?: Begun, outgoing?: Outgoing[]}} change */
  #keep(change) {
    this.#memory = JSON.stringify({ ...this.#kept(), ...change });
    this.#store?.setItem(this.#key, this.#memory);
  }

  /** Nothing, where the browser lets no page keep anything: the chat then lasts as long as the page. */
  get #store() {
    try {
      return localStorage;
    } catch {
      return undefined;
    }
  }
}

/** `randomUUID` is there on secure pages only. */
const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((it) => it.toString(16).padStart(2, "0")).join("");
