// Two thumbs below an answer, and after a thumb down a reason for whoever likes to give one.

import { element } from "./render.js";
import { say } from "./strings.js";
import { icon } from "./widget.js";

/** @import {Message, Rate} from "./types.d.ts" */

const REASONS = /** @type {const} */ (["off_topic", "unclear", "incomplete"]);
// It points up; the second one is turned round by its style.
const THUMB = "M7 10v10H4V10zl4-7q2 .5 2 2.5L12.5 9H18a2 2 0 0 1 2 2.5L18.4 18.5a2 2 0 0 1-2 1.5H7";

/**
 * The thumbs of an answer, and below them the place for what is said to a tap.
 * @param {Message} message
 * @param {Rate} rate keeps what is thought of it, or fails
 * @param {(text: string) => void} announce
 */
export function feedback({ id, helpful }, rate, announce) {
  const thumb = (/** @type {boolean} */ is) => {
    const button = element("button", { type: "button", "aria-label": say(is ? "helped" : "didNotHelp"), click: () => give(is) });
    button.append(icon(THUMB));
    return button;
  };
  const [up, down] = [thumb(true), thumb(false)];
  const note = element("div", { class: "rated", hidden: true });
  let sending = Promise.resolve();

  const press = (/** @type {boolean | undefined} */ is) => {
    up.setAttribute("aria-pressed", String(is === true));
    down.setAttribute("aria-pressed", String(is === false));
  };

  /** @param {string} text @param {...Node} more */
  const tell = (text, ...more) => {
    note.hidden = false;
    note.replaceChildren(element("span", {}, text), ...more);
    note.scrollIntoView({ block: "nearest" });
    announce(text);
  };

  /** One after the other, so that the last one counts. @param {boolean} is @param {string} [reason] */
  const give = async (is, reason) => {
    press(is);
    if (note.contains(/** @type {ShadowRoot} */ (note.getRootNode()).activeElement)) down.focus();
    try {
      await (sending = sending.catch(() => {}).then(() => rate({ message: id, helpful: is, reason })));
      press((helpful = is));
      if (is) {
        note.hidden = true; // the thumb itself shows it
        announce(say("thanks"));
      } else if (reason) tell(say("thanks"));
      else tell(say("why"), ...REASONS.map((it) => element("button", { type: "button", click: () => give(false, it) }, say(it))));
    } catch {
      press(helpful); // what was kept before
      tell(say("notKept"));
    }
  };

  press(helpful);
  return [element("div", { class: "thumbs" }, up, down), note];
}
