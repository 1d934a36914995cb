// The panel: loaded when the chat is opened for the first time.

import { feedback } from "./feedback.js";
import { PANEL_STYLE } from "./panel-style.js";
import { bubble, callLink, choices, element, linked } from "./render.js";
import { Session } from "./session.js";
import { say } from "./strings.js";
import { addStyle } from "./widget.js";

/** @import {Kind, Message, Mine, Outgoing, State} from "./types.d.ts" */

const ANNOUNCED_FOR = 15000;
const COUNTED_FROM = 200;
const RETRY_START = 3000;
const SENT_SHOWN_FOR = 3000;
const NARROW = "(max-width: 480px), (max-height: 480px)";

export class Panel {
  #host;
  #root;
  #session;
  /** @type {Map<string, Mine>} */
  #mine = new Map();
  #hasSaid = false;
  #isOpen = false;
  #starting = {};

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
      said: (messages, kind) => this.#show(messages, kind),
      begun: () => this.#fill(),
      state: (id, state, why) => this.#state(id, state, why),
      connected: (is) => this.#connected(is),
      ended: (last) => this.#restart(last),
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

  /** The page has taken the chat away, or put it back. @param {boolean} is */
  connected(is) {
    if (is) this.#listen();
    else this.#session.silence();
  }

  async #start() {
    if (this.#session.isStarted) return this.#listen();
    const start = (this.#starting = {});
    try {
      await this.#session.start();
    } catch {
      if (start !== this.#starting) return; // it was begun anew meanwhile
      this.#connected(false); // the server cannot be reached; what can be done then is on the screen
      for (const it of this.#session.outgoing) this.#state(it.id, "waiting");
      setTimeout(() => start === this.#starting && this.#start(), RETRY_START);
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
    if (this.#session.isStarted && document.visibilityState === "visible") this.#session.listen();
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
    if (this.#hasSaid || this.#mine.size) return;
    this.#typing.before(this.#choices(greeting));
    this.#announce([greeting]);
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
    this.#tell(text);
    this.#input.value = "";
    this.#fit();
  }

  /** @param {string} text @param {string} [payload] */
  #tell(text, payload) {
    this.#mineAgain(this.#session.send(text, payload));
    this.#dropChoices();
    this.#toEnd();
  }

  /** What was offered before is no answer to what is asked now; numbers to call stay. */
  #dropChoices() {
    for (const it of this.#log.querySelectorAll(".choices")) {
      if (it.querySelector("a")) continue;
      if (it.contains(this.#root.activeElement)) this.#log.focus();
      it.remove();
    }
  }

  /** Shows what is on its way. @param {Outgoing} message */
  #mineAgain({ id, text }) {
    if (this.#mine.has(id)) return;
    const label = element("span", {}, say("sending"));
    const retry = element("button", { type: "button", hidden: true, click: () => this.#retry() }, say("retry"));
    const state = element("div", { class: "state" }, label, retry);
    const made = { bubble: bubble({ id: 0, from: "user", text }, []), state, label, retry, isTold: false };
    this.#mine.set(id, made);
    this.#typing.before(made.bubble, made.state);
    this.#typing.hidden = false;
  }

  #retry() {
    if (this.#session.isStarted) this.#session.flush();
    else this.#start();
  }

  /** @param {string} id @param {State} state @param {string} [why] */
  #state(id, state, why = "") {
    // Written on another page.
    if (!this.#mine.has(id)) for (const it of this.#session.outgoing) if (it.id === id) this.#mineAgain(it);
    const mine = this.#mine.get(id);
    const text = `${say(state)} ${why}`.trim();
    if (!mine || mine.label.textContent === text) return;
    mine.label.textContent = text;
    if (state !== "sending" || !mine.retry.contains(this.#root.activeElement)) mine.retry.hidden = state !== "waiting";
    if (state === "sent") setTimeout(() => mine.state.remove(), SENT_SHOWN_FOR);
    if (state === "tooMany" || state === "refused" || (state === "waiting" && !mine.isTold)) {
      mine.isTold = true;
      this.#announceText(text);
    }
    this.#typing.hidden = state !== "sending";
  }

  /** @param {Message[]} messages @param {Kind} kind */
  #show(messages, kind) {
    const waiting = new Set(this.#session.outgoing.map((it) => it.id));
    this.#typing.hidden = waiting.size === 0;
    if (kind === "reply" && !messages.length) messages = [{ id: 0, from: "bot", text: say("noAnswer") }];
    /** @type {HTMLElement | undefined} */
    let first;
    const fresh = [];
    for (const it of messages) {
      if (it.from === "user") this.#dropChoices();
      const mine = this.#mine.get(it.client_id ?? "");
      if (mine) {
        // It has arrived: it stands where the server heard it.
        mine.state.remove();
        if (kind === "history") this.#beforeWaiting(mine.bubble);
        continue;
      }
      const shown = bubble(it, this.#numbers);
      if (it.answer && !it.alert) shown.append(...this.#feedback(it));
      first ??= shown;
      fresh.push(it);
      this.#beforeWaiting(shown);
      if (it.buttons?.length) this.#beforeWaiting(this.#choices(it));
    }
    this.#hasSaid ||= messages.length > 0;
    if (kind === "history") {
      if (this.#hasSaid) this.#dropOldChoices();
      return this.#toEnd();
    }
    this.#announce(fresh);
    if (!this.#isOpen) this.#host.unread(fresh.filter((it) => it.from === "bot").length);
    this.#toEnd(first);
  }

  /** Puts a line before those that the server has not heard yet. @param {HTMLElement} line */
  #beforeWaiting(line) {
    const waiting = this.#session.outgoing.map((it) => this.#mine.get(it.id)?.bubble).find((it) => it && it !== line);
    (waiting ?? this.#typing).before(line);
  }

  /** Of a conversation that is shown again, only the last offer still stands. */
  #dropOldChoices() {
    const offered = [...this.#log.querySelectorAll(".choices")].filter((it) => !it.querySelector("a"));
    for (const it of offered.slice(0, -1)) it.remove();
  }

  /** @param {Message} message */
  #feedback(message) {
    return feedback(message, (rated) => this.#session.rate(rated), (text) => this.#announceText(text));
  }

  /** @param {Message} message */
  #choices({ buttons = [] }) {
    return choices(buttons, ({ title, payload }) => this.#choose(title, payload));
  }

  /** @param {string} title @param {string} [payload] */
  #choose(title, payload) {
    this.#tell(title, payload);
    this.#log.focus();
  }

  /** Reads out what came: a warning at once, all else when there is a pause. @param {Message[]} messages */
  #announce(messages) {
    const said = messages.filter((it) => it.from === "bot");
    if (!said.length) return;
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
    if (!open && this.#menu.contains(this.#root.activeElement)) this.#menuButton.focus();
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
      this.#announceText(say("notForgotten"));
      this.#sure.replaceChildren(element("p", {}, say("notForgotten")));
      this.#sure.hidden = false;
      this.#listen();
    }
  }

  /** Begins anew, after the conversation has ended here or on another page. @param {Message[]} last */
  #restart(last) {
    this.#hasSaid = false;
    this.#mine.clear();
    this.#log.replaceChildren(this.#typing);
    this.#polite.replaceChildren();
    this.#assertive.replaceChildren();
    this.#typing.hidden = true;
    if (last.length) this.#show(last, "live");
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
    const at = all.indexOf(/** @type {HTMLElement} */ (this.#root.activeElement));
    if (event.shiftKey ? at > 0 : at < all.length - 1) return;
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
