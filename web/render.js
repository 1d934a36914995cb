// From a message to what is seen. Text stays text: nothing in it becomes HTML.

import { say } from "./strings.js";

/** @import {Button, Message} from "./types.d.ts" */

// Addresses, and phone numbers that are marked as such by the clinic's settings.
const ADDRESS = /https?:\/\/[^\s<>"')\]]*[^\s<>"')\].,;:!?]/g;
const SAFE = ["http:", "https:", "tel:", "mailto:"];

/**
 * An element.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | boolean | ((event: Event) => void)>} [attributes] functions are click listeners
 * @param {...(Node | string | false | undefined)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener("click", value);
    else if (value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((it) => it !== false && it !== undefined));
  return made;
}

/** @param {string} url */
export function isSafe(url) {
  try {
    return SAFE.includes(new URL(url, location.href).protocol);
  } catch {
    return false; // not an address at all
  }
}

/** A number to tap. @param {string} number */
export const callLink = (number) => element("a", { href: `tel:${number.replace(/\(0\)|[^+\d]/g, "")}` }, number);

/**
 * Text with its addresses, and the numbers given, as links.
 * @param {string} text
 * @param {string[]} numbers
 * @returns {(Node | string)[]}
 */
export function linked(text, numbers) {
  const escaped = numbers.filter(Boolean).map((it) => `(?<!\\d)${it.replace(/[^\w ]/g, "\\$&")}(?!\\d)`);
  const parts = text.split(new RegExp(`(${[ADDRESS.source, ...escaped].join("|")})`, "g"));
  return parts.map((part, i) => {
    if (i % 2 === 0) return part;
    if (!part.startsWith("http")) return callLink(part);
    const hint = element("span", { class: "hidden" }, ` ${say("newTab")}`);
    return element("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, part, hint);
  });
}

/**
 * A message as a bubble.
 * @param {Message} message
 * @param {string[]} numbers that can be tapped
 */
export function bubble(message, numbers) {
  const isUser = message.from === "user";
  const paragraphs = message.text.split(/\n{2,}/).filter(Boolean);
  return element(
    "div",
    { class: `message ${isUser ? "user" : "bot"}${message.alert ? " alert" : ""}`, "data-answer": message.answer ?? false },
    element("span", { class: "hidden" }, `${say(isUser ? "you" : "assistant")} `),
    message.alert && element("strong", {}, say("important")),
    ...paragraphs.map((it) => element("p", { dir: "auto" }, ...(isUser ? [it] : linked(it, numbers)))),
    message.image && isSafe(message.image) && picture(message),
    message.sources?.length
      ? element(
          "details",
          {},
          element("summary", {}, say("sources")),
          element("ul", {}, ...message.sources.map((it) => element("li", { dir: "auto" }, it))),
        )
      : undefined,
  );
}

/** The picture of a message; where it can't be loaded, its words. @param {Message} message */
function picture({ image = "", image_alt = "", image_width, image_height }) {
  // The page that shows the chat may be another website's.
  const src = new URL(image, import.meta.url).href;
  const shown = element("img", { src, alt: image_alt, width: `${image_width}`, height: `${image_height}` });
  shown.onerror = () => shown.replaceWith(element("p", { class: "note" }, image_alt));
  return shown;
}

/**
 * The buttons of a message: each tells something to the assistant, or is a link.
 * @param {Button[]} buttons
 * @param {(button: Button) => void} choose
 */
export function choices(buttons, choose) {
  const made = buttons.map((it) =>
    it.url && isSafe(it.url)
      ? element("a", { class: "choice", dir: "auto", href: it.url, ...(it.url.startsWith("http") ? { target: "_blank", rel: "noopener noreferrer" } : {}) }, it.title)
      : element("button", { type: "button", class: "choice", dir: "auto", click: () => choose(it) }, it.title),
  );
  return element("div", { class: "choices" }, ...made);
}
