// One person's conversation: what is kept in the browser, and the talk with the server.

/** @import {Begun, Kept, Kind, Listener, Message, Outgoing, Rate} from "./types.d.ts" */

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15000;
const LONGEST_REQUEST = 20000;
// The server shows every 20 seconds that it is still there.
const LONGEST_SILENCE = 45000;

class Refused extends Error {
  /** @param {Response} response @param {{error?: {message?: string, retry_after?: number}}} body */
  constructor(response, body) {
    super(body.error?.message ?? response.statusText);
    this.status = response.status;
    this.retryAfter = 1000 * (body.error?.retry_after ?? 0);
  }
}

export class Session {
  /** @type {Begun | undefined} */
  begun;
  /** Whether what was said before has been heard; nothing is sent until then, so that all stays in order. */
  isStarted = false;
  #last = 0;
  /** @type {Set<number | string>} */
  #seen = new Set();
  #base;
  #listener;
  #key;
  #memory = "{}";
  #isSending = false;
  #wait = FIRST_WAIT;
  /** Ends with the conversation, and with it all that is under way. */
  #life = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {AbortController | undefined} */
  #stream;
  /** @type {Promise<void> | undefined} */
  #beginning;
  /** A receipt, shown until something is said. @type {Message[]} */
  #parting = [];

  /** @param {string} base where the server is found @param {Listener} listener what hears of everything */
  constructor(base, listener) {
    this.#base = base;
    this.#listener = listener;
    this.#key = `clinic-chat ${base}`;
    this.begun = this.#kept().begun;
    addEventListener("online", () => {
      this.flush();
      if (this.#stream && !this.#stream.signal.aborted) this.listen();
    });
    addEventListener("offline", () => listener.connected(false));
    addEventListener("storage", (event) => {
      if (event.key === this.#key || event.key === null) this.#changedElsewhere();
    });
  }

  /** What is written and not yet answered, oldest first. */
  get outgoing() {
    return this.#kept().outgoing;
  }

  /** Begins the conversation, or goes on with the one that this browser had, and fetches what was said. */
  async start() {
    const life = this.#life;
    await this.#begin();
    const { messages } = await this.#fetch("messages");
    life.signal.throwIfAborted();
    this.isStarted = true;
    this.#hear(messages, "history");
    this.#listener.connected(navigator.onLine);
    this.flush();
  }

  /** Sends a message, and keeps it until it is answered. @param {string} text @param {string} [payload] */
  send(text, payload) {
    const message = { id: newId(), text, payload };
    this.#keep({ outgoing: [...this.outgoing, message] });
    this.flush();
    return message;
  }

  /** Tells what somebody thinks of an answer. @param {Parameters<Rate>[0]} rated */
  async rate(rated) {
    await this.#fetch("feedback", { method: "POST", body: JSON.stringify(rated) });
  }

  /** Sends what waits, one after the other. */
  async flush() {
    if (this.#isSending || !this.isStarted) return;
    const life = this.#life;
    clearTimeout(this.#timer);
    this.#isSending = true;
    try {
      for (let next = this.outgoing[0]; next; next = this.outgoing[0]) await this.#sendOne(next, life);
    } catch (error) {
      if (life === this.#life) this.#later(error);
    } finally {
      if (life === this.#life) this.#isSending = false;
    }
  }

  /** Hears what is said from now on, until `silence` is called. */
  async listen() {
    this.silence();
    const stream = (this.#stream = new AbortController());
    let wait = FIRST_WAIT;
    while (!stream.signal.aborted) {
      try {
        await this.#read(stream);
        wait = FIRST_WAIT;
      } catch {
        wait = Math.min(2 * wait, LONGEST_WAIT); // it is tried again: a stream breaks all the time
      }
      await new Promise((done) => setTimeout(done, wait));
    }
  }

  silence() {
    this.#stream?.abort();
  }

  /**
   * Forgets the conversation here; with `everywhere` on the server too.
   * @param {boolean} everywhere
   * @param {Message[]} [last] what is still to be shown: a receipt
   */
  async end(everywhere, last) {
    this.silence();
    if (everywhere && this.begun) await this.#fetch("messages", { method: "DELETE" });
    // Another page may have begun the next one already.
    if (this.#kept().begun?.id === this.begun?.id) {
      this.#memory = "{}";
      this.#store?.removeItem(this.#key);
    }
    this.#parting = last ?? [];
    this.#reset();
  }

  #reset() {
    this.silence();
    this.#life.abort();
    this.#life = new AbortController();
    clearTimeout(this.#timer);
    this.begun = this.#kept().begun;
    this.isStarted = this.#isSending = false;
    this.#beginning = undefined;
    this.#seen.clear();
    this.#last = 0;
    this.#listener.ended(this.#parting);
  }

  /** Another page has begun a conversation, or has ended this one. */
  #changedElsewhere() {
    const isOther = () => this.begun && this.#kept().begun?.id !== this.begun.id;
    // A receipt may be on its way to a page that listens.
    if (isOther()) setTimeout(() => isOther() && this.#reset(), this.#stream?.signal.aborted === false ? 1000 : 0);
    else this.begun = this.#kept().begun;
  }

  /** @param {Outgoing} message @param {AbortController} life */
  async #sendOne(message, life) {
    this.#listener.state(message.id, "sending");
    try {
      const { messages } = await this.#fetch("messages", { method: "POST", body: JSON.stringify(message) });
      life.signal.throwIfAborted();
      if (messages.some((/** @type {Message} */ it) => it.forgotten)) await this.end(false, messages);
      life.signal.throwIfAborted();
      this.#done(message.id);
      this.#seen.add(message.id);
      this.#listener.connected(true);
      this.#listener.state(message.id, "sent");
      this.#hear(messages, "reply");
      this.#wait = FIRST_WAIT;
    } catch (error) {
      const isOver = error instanceof Refused && error.status < 500 && ![401, 429].includes(error.status);
      if (!isOver) throw error;
      this.#done(message.id);
      this.#listener.state(message.id, "refused", error.message);
    }
  }

  /** Tries again after a while, longer each time. @param {unknown} error */
  #later(error) {
    const busy = error instanceof Refused;
    for (const it of this.outgoing) this.#listener.state(it.id, busy && error.status === 429 ? "tooMany" : "waiting");
    if (!busy) this.#listener.connected(false);
    this.#timer = setTimeout(() => this.flush(), (busy && error.retryAfter) || this.#wait);
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
  }

  /** @param {string} id */
  #done(id) {
    const outgoing = this.outgoing.filter((it) => it.id !== id);
    if (outgoing.length < this.outgoing.length) this.#keep({ outgoing });
  }

  /** Each message once, by whichever way it comes first. @param {Message[]} messages @param {Kind} kind */
  #hear(messages, kind) {
    const fresh = messages.filter((it) => !this.#seen.has(it.id) && !this.#seen.has(it.client_id ?? ""));
    for (const { id, client_id } of messages) {
      this.#seen.add(id);
      // What a reply skips, the stream still has to bring.
      if (kind !== "reply") this.#last = Math.max(this.#last, id);
      if (!client_id) continue;
      this.#seen.add(client_id);
      this.#done(client_id);
    }
    if (fresh.length) this.#parting = [];
    if (fresh.length || (kind === "reply" && !messages.length)) this.#listener.said(fresh, kind);
  }

  /** One at a time, so that two messages don't begin two conversations. @param {boolean} [anew] */
  #begin(anew) {
    const begin = async () => {
      this.begun = anew ? undefined : (this.#kept().begun ?? this.begun);
      this.begun = /** @type {Begun} */ (await this.#fetch("session", { method: "POST" }));
      this.#keep({ begun: this.begun });
      this.#listener.begun();
    };
    return (this.#beginning ??= begin().finally(() => (this.#beginning = undefined)));
  }

  /** Reads server-sent events. @param {AbortController} stream */
  async #read(stream) {
    const once = new AbortController();
    const signal = AbortSignal.any([stream.signal, once.signal]);
    const response = await this.#ask(`events?after=${this.#last}`, { signal });
    this.#listener.connected(true);
    const body = /** @type {ReadableStream<BufferSource>} */ (response.body);
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ; ) {
      const watchdog = setTimeout(() => once.abort(), LONGEST_SILENCE);
      const { value, done } = await reader.read().finally(() => clearTimeout(watchdog));
      if (done) return;
      const events = (rest + value).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) {
        const data = event.split("\n").find((it) => it.startsWith("data: "));
        if (!data || stream.signal.aborted) continue;
        const message = JSON.parse(data.slice(6));
        if (message.forgotten) return this.end(false, message.messages);
        this.#hear([message], "live");
      }
    }
  }

  /** @param {string} path @param {RequestInit} [options] */
  async #fetch(path, options) {
    const signal = AbortSignal.any([this.#life.signal, AbortSignal.timeout(LONGEST_REQUEST)]);
    return (await this.#ask(path, { ...options, signal })).json();
  }

  /** @param {string} path @param {RequestInit} options @param {boolean} [isAgain] @returns {Promise<Response>} */
  async #ask(path, options, isAgain) {
    /** @type {Record<string, string>} */
    const headers = options.body ? { "Content-Type": "application/json" } : {};
    if (this.begun) headers.Authorization = `Bearer ${this.begun.token}`;
    const response = await fetch(this.#base + path, { ...options, headers, credentials: "omit", cache: "no-store" });
    if (response.ok) return response;
    if (response.status === 401 && !isAgain) {
      await this.#begin(true);
      return this.#ask(path, options, true);
    }
    throw new Refused(response, await response.json().catch(() => ({})));
  }

  /** @returns {Kept} */
  #kept() {
    try {
      return { outgoing: [], ...JSON.parse(this.#store?.getItem(this.#key) ?? this.#memory) };
    } catch {
      return { outgoing: [] }; // what stands there is not ours
    }
  }

  /** @param {Partial<Kept>} change */
  #keep(change) {
    this.#memory = JSON.stringify({ ...this.#kept(), ...change });
    try {
      this.#store?.setItem(this.#key, this.#memory);
    } catch {
      this.#isFull = true; // it then lasts as long as the page
    }
  }

  #isFull = false;

  /** Nothing, where the browser lets no page keep anything. */
  get #store() {
    try {
      return this.#isFull ? undefined : localStorage;
    } catch {
      return undefined;
    }
  }
}

/** `randomUUID` is there on secure pages only. */
const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((it) => it.toString(16).padStart(2, "0")).join("");
