// What travels between the server and the widget, and between its parts. Checked, never loaded.

export type Button = { title: string; payload?: string; url?: string };
export type Message = {
  id: number;
  from: "user" | "bot";
  text: string;
  client_id?: string;
  buttons?: Button[];
  image?: string;
  image_alt?: string;
  image_width?: number;
  image_height?: number;
  sources?: string[];
  helpful?: boolean;
  answer?: string;
  alert?: boolean;
  /** All that was said before it is removed. */
  forgotten?: boolean;
};
export type Outgoing = { id: string; text: string; payload?: string };
export type State = "sending" | "sent" | "waiting" | "tooMany" | "refused";
/** By which way messages have come. */
export type Kind = "history" | "reply" | "live";
export type Clinic = { name: string; hours: string; phone: string; emergency: string };
export type Begun = { id: string; token: string; greeting: Message; clinic: Clinic; most_characters: number };
export type Kept = { begun?: Begun; outgoing: Outgoing[] };
/** Keeps what somebody thinks of an answer, or fails. */
export type Rate = (rated: { message: number; helpful: boolean; reason?: string }) => Promise<void>;
/** What hears of everything that happens in a session. */
export type Listener = {
  said(messages: Message[], kind: Kind): void;
  begun(): void;
  state(id: string, state: State, why?: string): void;
  connected(is: boolean): void;
  ended(last: Message[]): void;
};
/** A message of this page, as it is shown. */
export type Mine = {
  bubble: HTMLElement;
  state: HTMLElement;
  label: HTMLElement;
  retry: HTMLElement;
  isTold: boolean;
};
