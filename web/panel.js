// The panel: loaded when the chat is opened for the first time.

import { PANEL_STYLE } from "./panel-style.js";
import { bubble, callLink, choices, element, linked } from "./render.js";
import { Session } from "./session.js";
import { say } from "./strings.js";
import { addStyle } from "./widget.js";

/** @typedef {import("./session.js").Message} Message @typedef {import("./session.js").State} State */

const ANNOUNCED_FOR = 15000;
const COUNTED_FROM = 200;
const NARROW = "(max-width: 480px), (max-height: 480px)";

export class Panel {
  #host;
  #root;
  #session;
  /** @type {Map<string, {bubble: HTMLElement, state: HTMLElement}>} */
  #mine = new Map();
  /** @type {Message[]} */
  #said = [];
  #isOpen = false;
  #isStarting = false;

  #title = element("h2", { id: "title", tabindex: "-1" });
  #automated = element("p");
  #menuButton = element("button", { type: "button", "aria-expanded": "false", "aria-controls": "menu", "aria-label": say("menu"), click: () => this.#toggleMenu() }, "⋯");
  #menu = element("div", { class: "menu", id: "menu", hidden: true });
  #sure = element("div", { class: "sure", hidden: true });
  #log = element("div", { class: "log", role: "log", "aria-live": "off", "aria-label": say("log"), tabindex: "0" });
  #typing = element("div", { class: "typing", role: "img", "aria-label": say("typing"), hidden: true }, element("i"), element("i"), element("i"));
  #offline = element("p", { class: "offline", role: "status", hidden: true });
  // Both are there before the first message: what is put into a new region is not read out.
  #polite = element("div", { class: "hidden", "aria-live": "polite" });
  #assertive = element("div", { class: "hidden", "aria-live": "assertive" });
  #input = element("textarea", { rows: "1", name: "message", autocomplete: "off", enterkeyhint: "send", "aria-describedby": "left" });
  #left = element("span", { id: "left" });
  #panel;

  /** @param {import("./widget.js").ClinicChat} host @param {string} base where the server is found */
  constructor(host, base) {
    this.#host = host;
    this.#root = /** @type {ShadowRoot} */ (host.shadowRoot);
    addStyle(this.#root, PANEL_STYLE);
    const form = element("form", {}, element("label", {}, element("span", {}, say("write")), this.#input, this.#left), element("button", { class: "send" }, say("send")));
    this.#menu.append(
      element("button", { type: "button", click: () => this.#startOver() }, say("startOver")),
      element("button", { type: "button", click: () => this.#save() }, say("save")),
      element("button", { type: "button", click: () => this.#askSure() }, say("forget")),
    );
    this.#panel = element(
      "div",
      { class: "panel", role: "dialog", "aria-labelledby": "title", hidden: true },
      element("div", { class: "header" }, this.#title, this.#menuButton, element("button", { type: "button", "aria-label": say("close"), click: () => this.#close() }, "✕"), this.#automated),
      this.#menu,
      this.#sure,
      this.#log,
      this.#offline,
      form,
      this.#polite,
      this.#assertive,
    );
    this.#log.append(this.#typing);
    this.#root.append(this.#panel);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#input.addEventListener("input", () => this.#fit());
    this.#input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
    this.#panel.addEventListener("keydown", (event) => this.#key(event));
    visualViewport?.addEventListener("resize", () => this.#aboveKeyboard());
    visualViewport?.addEventListener("scroll", () => this.#aboveKeyboard());
    document.addEventListener("visibilitychange", () => this.#listen());
    this.#session = new Session(base, {
      said: (messages) => this.#show(messages),
      state: (id, state, why) => this.#state(id, state, why),
      connected: (is) => this.#connected(is),
      ended: () => this.#restart(),
    });
    this.#fill();
    for (const it of this.#session.outgoing) this.#mineAgain(it);
  }

  /** Opens the panel; nothing is read out again. */
  async show() {
    this.#isOpen = true;
    this.#panel.hidden = false;
    const direction = this.#host.getAttribute("dir") ?? this.#host.closest("[dir]")?.getAttribute("dir") ?? document.documentElement.dir;
    if (direction) this.#panel.dir = direction;
    const isNarrow = matchMedia(NARROW).matches;
    this.#panel.setAttribute("aria-modal", String(isNarrow));
    // On a phone the keyboard would jump up over the text that is to be read first.
    (matchMedia("(pointer: coarse)").matches ? this.#title : this.#input).focus();
    this.#aboveKeyboard();
    this.#toEnd();
    await this.#start();
  }

  async #start() {
    if (this.#isStarting || this.#session.last) return this.#listen();
    this.#isStarting = true;
    try {
      await this.#session.start();
      this.#fill();
    } catch {
      this.#connected(false); // the server cannot be reached; what can be done then is on the screen
      setTimeout(() => this.#isOpen && this.#start(), 3000);
    } finally {
      this.#isStarting = false;
    }
    this.#listen();
  }

  #close() {
    this.#isOpen = false;
    this.#panel.hidden = true;
    this.#toggleMenu(false);
    this.#host.closed();
  }

  /** Hears of what other pages say, while anyone can see it. */
  #listen() {
    if (this.#session.begun && document.visibilityState === "visible") this.#session.listen();
    else this.#session.silence();
  }

  /** Names, numbers and the greeting, as the server gives them. */
  #fill() {
    const clinic = this.#clinic;
    this.#title.textContent = say("title", { clinic: clinic.name });
    this.#automated.replaceChildren(...this.#withNumbers(say("automated", { emergency: clinic.emergency })));
    this.#input.maxLength = this.#session.begun?.most_characters ?? 2000;
    this.#menu.querySelector("a")?.remove();
    if (clinic.phone) {
      const call = callLink(clinic.phone);
      call.textContent = say("callClinic", { phone: clinic.phone });
      this.#menu.prepend(call);
    }
    const greeting = this.#session.begun?.greeting;
    if (!greeting || this.#log.querySelector(".greeting")) return;
    const shown = bubble(greeting, this.#numbers);
    shown.classList.add("greeting");
    this.#log.prepend(shown, element("p", { class: "note" }, say("privacy")));
    if (!this.#said.length) {
      this.#offer(greeting);
      this.#announce([greeting]);
    }
  }

  get #clinic() {
    const given = this.#session.begun?.clinic;
    const attribute = (/** @type {string} */ name) => this.#host.getAttribute(name) ?? "";
    return given ?? { name: document.title, hours: "", phone: attribute("phone"), emergency: attribute("emergency") };
  }

  get #numbers() {
    return [this.#clinic.phone, this.#clinic.emergency];
  }

  /** @param {string} text */
  #withNumbers(text) {
    return linked(text, this.#numbers);
  }

  #send() {
    const text = this.#input.value.trim();
    if (!text) return;
    this.#input.value = "";
    this.#fit();
    this.#tell(text);
  }

  /** @param {string} text @param {string} [payload] */
  #tell(text, payload) {
    this.#mineAgain(this.#session.send(text, payload));
    this.#log.querySelectorAll(".choices").forEach((it) => it.querySelector("a") || it.remove());
    this.#toEnd();
  }

  /** Shows what is on its way. @param {import("./session.js").Outgoing} message */
  #mineAgain({ id, text }) {
    if (this.#mine.has(id)) return;
    const made = { bubble: bubble({ id: 0, from: "user", text }, []), state: element("div", { class: "state" }, say("sending")) };
    this.#mine.set(id, made);
    this.#typing.before(made.bubble, made.state);
    this.#typing.hidden = false;
  }

  /** @param {string} id @param {State} state @param {string} [why] */
  #state(id, state, why) {
    const mine = this.#mine.get(id);
    if (!mine) return;
    mine.state.replaceChildren(why ? `${say(state)} ${why}` : say(state));
    if (state === "waiting") mine.state.append(element("button", { type: "button", click: () => this.#session.flush() }, say("retry")));
    if (state !== "sending" && state !== "sent") this.#announceText(say(state));
    this.#typing.hidden = state !== "sending";
  }

  /** @param {Message[]} messages */
  #show(messages) {
    this.#typing.hidden = this.#session.outgoing.length === 0;
    const fresh = messages.filter((it) => !(it.client_id && this.#mine.has(it.client_id)));
    for (const [, mine] of this.#mine) if (mine.state.textContent === say("sent")) mine.state.remove();
    if (!messages.length) fresh.push({ id: 0, from: "bot", text: say("noAnswer"), buttons: [] });
    this.#said.push(...messages);
    /** @type {HTMLElement | undefined} */
    let first;
    for (const it of fresh) {
      if (it.from === "user") this.#log.querySelectorAll(".choices").forEach((old) => old.querySelector("a") || old.remove());
      if (it.client_id) this.#mine.set(it.client_id, { bubble: element("div"), state: element("div") });
      const shown = bubble(it, this.#numbers);
      first ??= shown;
      this.#typing.before(shown);
      this.#offer(it);
    }
    this.#announce(fresh);
    if (!this.#isOpen) this.#host.unread(fresh.filter((it) => it.from === "bot").length);
    this.#toEnd(first);
  }

  /** @param {Message} message */
  #offer({ buttons }) {
    if (!buttons?.length) return;
    this.#typing.before(choices(buttons, ({ title, payload }) => this.#choose(title, payload)));
  }

  /** @param {string} title @param {string} [payload] */
  #choose(title, payload) {
    this.#tell(title, payload);
    this.#log.focus();
  }

  /** Reads out what came: a warning at once, all else when there is a pause. @param {Message[]} messages */
  #announce(messages) {
    const said = messages.filter((it) => it.from === "bot");
    if (!said.length || !this.#session.begun) return;
    const [alerts, others] = [said.filter((it) => it.alert), said.filter((it) => !it.alert)];
    if (alerts.length) this.#announceText(`${say("important")}: ${alerts.map((it) => it.text).join(" ")}`, this.#assertive);
    if (others.length) this.#announceText(`${say("assistant")} ${others.map((it) => it.text).join(" ")}`);
  }

  /** @param {string} text @param {HTMLElement} [region] */
  #announceText(text, region = this.#polite) {
    const line = element("p", {}, text);
    setTimeout(() => region.append(line), 50);
    setTimeout(() => line.remove(), ANNOUNCED_FOR);
  }

  /** @param {boolean} is */
  #connected(is) {
    if (is === this.#offline.hidden) return;
    this.#offline.hidden = is;
    const { phone, emergency } = this.#clinic;
    const call = phone ? this.#withNumbers(` ${say("offlineCall", { phone, emergency })}`) : [];
    this.#offline.replaceChildren(...(is ? [] : [say("offline"), ...call]));
    this.#toEnd();
  }

  /** @param {boolean} [open] */
  #toggleMenu(open = this.#menu.hidden) {
    this.#menu.hidden = !open;
    this.#menuButton.setAttribute("aria-expanded", String(open));
  }

  #startOver() {
    this.#toggleMenu(false);
    this.#session.end(false);
  }

  #askSure() {
    this.#toggleMenu(false);
    const answer = (/** @type {boolean} */ forget) => () => {
      this.#sure.hidden = true;
      if (forget) this.#forget();
      this.#input.focus();
    };
    const keep = element("button", { type: "button", class: "choice", click: answer(false) }, say("forgetNo"));
    this.#sure.replaceChildren(
      element("p", {}, say("forgetSure")),
      element("div", { class: "choices" }, element("button", { type: "button", class: "choice", click: answer(true) }, say("forgetYes")), keep),
    );
    this.#sure.hidden = false;
    keep.focus();
  }

  async #forget() {
    try {
      await this.#session.end(true);
      this.#announceText(say("forgotten"));
    } catch {
      this.#connected(false); // nothing is forgotten, and the chat stays as it is
    }
  }

  /** Begins anew, after the conversation has ended here or on another page. */
  #restart() {
    this.#said = [];
    this.#mine.clear();
    this.#log.replaceChildren(this.#typing);
    this.#typing.hidden = true;
    if (this.#isOpen) {
      this.#input.focus();
      this.#start();
    }
  }

  /** Hands the chat over as a text file. */
  #save() {
    this.#toggleMenu(false);
    const heading = say("transcript", { clinic: this.#clinic.name, date: new Date().toLocaleString() });
    const lines = [...this.#log.querySelectorAll(".message")].map((it) =>
      [...it.querySelectorAll(":scope > .hidden, p")].map((part) => part.textContent?.trim()).join("\n"),
    );
    const url = URL.createObjectURL(new Blob([[heading, ...lines].join("\n\n")], { type: "text/plain" }));
    element("a", { href: url, download: "chat.txt" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      if (this.#menu.hidden && this.#sure.hidden) return this.#close();
      this.#toggleMenu(false);
      this.#sure.hidden = true;
      this.#menuButton.focus();
    }
    if (event.key !== "Tab" || this.#panel.getAttribute("aria-modal") !== "true") return;
    const all = /** @type {HTMLElement[]} */ ([...this.#panel.querySelectorAll("a, button, textarea, summary, .log")]).filter((it) => it.checkVisibility());
    const edge = event.shiftKey ? all[0] : all[all.length - 1];
    if (this.#root.activeElement !== edge) return;
    event.preventDefault();
    all[event.shiftKey ? all.length - 1 : 0].focus();
  }

  /** The input grows with its text, and tells how much is left when that is little. */
  #fit() {
    this.#input.style.blockSize = "auto";
    this.#input.style.blockSize = `${this.#input.scrollHeight + 2}px`;
    const left = this.#input.maxLength - this.#input.value.length;
    this.#left.textContent = left < COUNTED_FROM ? say("left", { count: left }) : "";
  }

  /** A phone's keyboard takes from the visible part of the page only. */
  #aboveKeyboard() {
    const view = visualViewport;
    const isNarrow = matchMedia(NARROW).matches && view;
    this.#panel.style.blockSize = isNarrow ? `${view.height}px` : "";
    this.#panel.style.translate = isNarrow ? `0 ${view.offsetTop}px` : "";
  }

  /** Scrolls to the end, but not past the beginning of what has just come. @param {HTMLElement} [first] */
  #toEnd(first) {
    const { scrollHeight, offsetTop } = this.#log;
    this.#log.scrollTop = first ? Math.min(scrollHeight, first.offsetTop - offsetTop - 8) : scrollHeight;
  }
}
