// Every word that the widget says by itself. {name} stands for a value that the clinic has set.

export const STRINGS = {
  launcher: "Chat with our assistant",
  cannotOpen: "The chat can't open now. Please call us. {phone}",
  unread: "{count} new",
  title: "{clinic}: assistant",
  automated: "Automated, not a person, and not for emergencies: call {emergency}",
  close: "Close the chat",
  menu: "More",
  callClinic: "Call the clinic: {phone}",
  startOver: "Start over",
  save: "Save this chat",
  forget: "Forget this chat",
  forgetSure: "This removes the chat here and on our side, and any request to be called. It can't be undone.",
  forgetYes: "Yes, forget it",
  forgetNo: "Keep it",
  forgotten: "The chat is forgotten.",
  notForgotten: "That did not work: nothing was forgotten. Please try again in a minute.",
  log: "What was said",
  you: "You said:",
  assistant: "The assistant said:",
  important: "Important",
  typing: "The assistant is writing",
  sources: "Where this comes from",
  helped: "This helped",
  didNotHelp: "This did not help",
  thanks: "Thank you.",
  why: "Thank you. If you like, tell us why:",
  off_topic: "Not what I asked",
  unclear: "Hard to understand",
  incomplete: "Something is missing",
  notKept: "That did not work. Please try again in a minute.",
  newTab: "(opens a new page)",
  write: "Your question",
  send: "Send",
  left: "{count} characters left",
  sending: "Sending …",
  sent: "Sent",
  waiting: "Not sent yet. We keep trying.",
  refused: "This could not be sent.",
  retry: "Send again",
  tooMany: "That was a lot at once. It is sent in a moment.",
  noAnswer: "I can't look that up just now. Please try again, or call us.",
  offline: "You are not connected. What you write is kept, and sent once you are back.",
  offlineCall: "The clinic: {phone}. In an emergency call {emergency}.",
  privacy: "The clinic stores this chat to answer you. Please don't give your name or other private details. On a shared device, use “Forget this chat” at the end.",
  transcript: "Chat with the automated assistant of {clinic}, {date}",
};

/**
 * A string with its values filled in.
 * @param {keyof typeof STRINGS} name
 * @param {Record<string, string | number>} [values]
 */
export const say = (name, values = {}) =>
  STRINGS[name].replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ""));
