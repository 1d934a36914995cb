// The launcher: all that a page loads until the chat is opened for the first time.
//   <script type="module" src="https://assistant.example/chat/widget.js"></script>

import { say } from "./strings.js";

const ATTRIBUTES = ["theme", "side", "dir", "label", "phone", "emergency", "open"];

const STYLE = `
:host{--accent:var(--chat-accent,#0b5c63);--on-accent:var(--chat-on-accent,#fff);position:fixed;z-index:2147483000;
bottom:var(--chat-bottom,20px);right:var(--chat-side,20px);font:16px/1.45 system-ui,sans-serif}
:host([side=left]){right:auto;left:var(--chat-side,20px)}
@media print{:host{display:none}}
.launcher{display:flex;gap:.6em;align-items:center;min-block-size:52px;max-inline-size:calc(100vw - 40px);
padding:.6em 1.1em;border:2px solid var(--on-accent);border-radius:var(--chat-radius,26px);background:var(--accent);
color:var(--on-accent);font:inherit;font-weight:600;cursor:pointer;box-shadow:0 3px 14px #0005}
.launcher:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
.launcher svg{inline-size:24px;block-size:24px;flex:none;fill:currentColor}
.unread{background:#b3261e;color:#fff;border-radius:1em;padding:0 .5em;font-size:.875em}
[hidden]{display:none!important}`;

export class ClinicChat extends HTMLElement {
  /** @type {import("./panel.js").Panel | undefined} */
  #panel;
  #unread = 0;
  #button = document.createElement("button");
  #label = document.createElement("span");
  #badge = document.createElement("span");

  connectedCallback() {
    if (this.shadowRoot) return this.#panel?.connected(true);
    const root = this.attachShadow({ mode: "open" });
    addStyle(root, STYLE);
    this.#name();
    this.#badge.className = "unread";
    this.#badge.hidden = true;
    this.#button.type = "button";
    this.#button.className = "launcher";
    this.#button.setAttribute("aria-haspopup", "dialog");
    this.#button.setAttribute("aria-expanded", "false");
    this.#button.append(icon("M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-9l-5 4v-4H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z"), this.#label, this.#badge);
    this.#button.addEventListener("click", () => this.open());
    root.append(this.#button);
    if (this.hasAttribute("open")) this.open();
  }

  #name() {
    this.#label.textContent = this.getAttribute("label") || say("launcher");
  }

  disconnectedCallback() {
    this.#panel?.connected(false);
  }

  /** Opens the chat; the panel is loaded the first time. */
  async open() {
    this.#button.setAttribute("aria-busy", "true");
    this.#name();
    try {
      const { Panel } = await import("./panel.js");
      this.#panel ??= new Panel(this, new URL("./", import.meta.url).href);
    } catch {
      this.#label.textContent = say("cannotOpen", { phone: this.getAttribute("phone") ?? "" });
      return;
    } finally {
      this.#button.removeAttribute("aria-busy");
    }
    this.unread(-this.#unread);
    this.#button.hidden = true;
    this.#button.setAttribute("aria-expanded", "true");
    this.#panel.show();
  }

  closed() {
    this.#button.hidden = false;
    this.#button.setAttribute("aria-expanded", "false");
    this.#button.focus();
  }

  /**
   * Counts messages that came while the chat was closed.
   * @param {number} more
   */
  unread(more) {
    this.#unread += more;
    this.#badge.textContent = this.#unread ? say("unread", { count: this.#unread }) : "";
    this.#badge.hidden = this.#unread === 0;
  }
}

/**
 * Styles that a strict Content-Security-Policy lets pass: made by script, not written into the page.
 * @param {ShadowRoot} root
 * @param {string} css
 */
export function addStyle(root, css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

/** A drawing that says nothing by itself. @param {string} shape */
export function icon(shape) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", shape);
  svg.append(path);
  return svg;
}

if (!customElements.get("clinic-chat")) customElements.define("clinic-chat", ClinicChat);
if (!document.querySelector("clinic-chat")) {
  const chat = document.createElement("clinic-chat");
  const script = [...document.scripts].find((it) => it.src === import.meta.url);
  for (const name of ATTRIBUTES) {
    const value = script?.getAttribute(name) ?? script?.getAttribute(`data-${name}`);
    if (value != null) chat.setAttribute(name, value);
  }
  document.body.append(chat);
}
