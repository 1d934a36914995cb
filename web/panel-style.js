// Logical properties only, so that the panel turns round by itself where text runs from right to left.

const LIGHT = "--ground:var(--chat-ground,#fff);--ink:var(--chat-ink,#1b2427);--soft:#eef3f3;--line:#74858a;--quiet:#4a5a5f;--link:#0b5c63;--alarm:#9b1c1c;--alarm-ground:#fdecec;color-scheme:light";
const DARK = "--ground:var(--chat-ground,#14191b);--ink:var(--chat-ink,#eef2f3);--soft:#242c2f;--line:#8fa1a6;--quiet:#b6c3c7;--link:#8fd3da;--alarm:#ffb4ab;--alarm-ground:#3b1414;color-scheme:dark";

export const PANEL_STYLE = `
:host{${LIGHT}}
@media(prefers-color-scheme:dark){:host(:not([theme=light])){${DARK}}}
:host([theme=dark]){${DARK}}
*{box-sizing:border-box}
.panel{position:fixed;bottom:var(--chat-bottom,20px);right:var(--chat-side,20px);display:flex;
flex-direction:column;inline-size:min(400px,calc(100vw - 40px));block-size:min(640px,calc(100dvh - 40px));
background:var(--ground);color:var(--ink);border:1px solid var(--line);border-radius:var(--chat-corner,16px);
overflow:hidden;box-shadow:0 6px 30px #0006;font:1rem/1.45 system-ui,sans-serif}
:host([side=left]) .panel{right:auto;left:var(--chat-side,20px)}
@media(max-width:480px),(max-height:480px){.panel{inset:0!important;inline-size:100%;block-size:100dvh;border:0;border-radius:0;
padding-block-end:env(safe-area-inset-bottom)}}
button,a.choice{font:inherit;min-block-size:44px;min-inline-size:44px;cursor:pointer}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.header{display:flex;flex-wrap:wrap;align-items:center;background:var(--accent);color:var(--on-accent);padding:.5rem .5rem .5rem 1rem}
.header :focus-visible{outline-color:var(--on-accent)}
h2{font-size:1.0625rem;margin:0;flex:1;overflow-wrap:anywhere}
.header button{background:none;border:0;color:inherit;border-radius:8px;font-size:1.25rem;line-height:1}
.header p{flex-basis:100%;margin:0;padding-inline-end:.5rem;font-size:.875rem}
.header p a{display:inline-flex;align-items:center;min-block-size:24px}
.header a{color:inherit}
.menu,.sure{display:flex;flex-direction:column;border-block-end:1px solid var(--line)}
.menu button,.menu a{display:flex;align-items:center;min-block-size:44px;padding:.25rem 1rem;background:var(--soft);color:var(--ink);border:0;
border-block-start:1px solid var(--ground);text-align:start;text-decoration:none;font:inherit}
.sure{padding:.75rem 1rem;gap:.5rem;background:var(--soft)}
.sure p{margin:0}
.log{flex:1;overflow-y:auto;overscroll-behavior:contain;padding:1rem;display:flex;flex-direction:column;gap:.625rem;min-block-size:6rem}
.message{max-inline-size:88%;padding:.625rem .875rem;border-radius:14px;background:var(--soft);align-self:flex-start;overflow-wrap:anywhere}
.user{align-self:flex-end;background:var(--accent);color:var(--on-accent)}
.alert{background:var(--alarm-ground);border:2px solid var(--alarm);max-inline-size:100%}
.alert strong{display:block;color:var(--alarm);margin-block-end:.25rem}
.message p{margin:0;white-space:pre-line}
.message p+p{margin-block-start:.5rem}
.message a{color:var(--link)}
.alert a{color:inherit;font-weight:600}
.message:has(img){max-inline-size:max(88%,316px)}
.message img{display:block;max-inline-size:calc(100% + .75rem);block-size:auto;border-radius:8px;margin:.5rem -.375rem 0}
details{margin-block-start:.375rem;font-size:.875rem;color:var(--quiet)}
summary{cursor:pointer;min-block-size:24px;padding-block:.25rem}
details ul{margin:.25rem 0 0;padding-inline-start:1.25rem}
[data-answer]{display:grid;grid-template-columns:1fr auto}
[data-answer]>*{grid-column:1/-1}
[data-answer]>details{grid-column:1}
.thumbs.thumbs{grid-column:2;align-self:start;display:flex;margin-inline-end:-.75rem;margin-block:-.125rem -.5rem}
.thumbs button{display:grid;place-items:center;padding:0;background:none;border:0;border-radius:22px;color:var(--quiet)}
.thumbs svg{inline-size:18px;block-size:18px;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linejoin:round}
.thumbs button+button svg{transform:scaleY(-1)}
.thumbs [aria-pressed=true]{color:var(--link)}
.thumbs [aria-pressed=true] svg{fill:currentColor}
.rated{display:flex;flex-wrap:wrap;gap:.375rem;margin-block-start:.5rem;font-size:.875rem;color:var(--quiet)}
.rated span{flex-basis:100%}
.rated button{padding:.25rem .75rem;border:1px solid var(--line);border-radius:22px;background:var(--ground);color:var(--ink)}
.choices{display:flex;flex-wrap:wrap;gap:.5rem}
.choice{display:inline-flex;align-items:center;padding:.375rem .875rem;border:2px solid var(--link);border-radius:22px;
background:var(--ground);color:var(--link);text-align:start;text-decoration:none}
a.choice{background:var(--alarm-ground);border-color:var(--alarm);color:var(--alarm);font-weight:600}
.state{align-self:flex-end;font-size:.8125rem;color:var(--quiet);display:flex;align-items:center;gap:.5rem;margin-block-start:-.375rem}
.state button{border:1px solid var(--line);border-radius:22px;background:var(--ground);color:var(--ink);padding:.25rem .75rem}
.typing{display:flex;gap:4px;align-self:flex-start;padding:.875rem;border-radius:14px;background:var(--soft)}
.typing i{inline-size:7px;block-size:7px;border-radius:50%;background:var(--quiet);animation:blink 1.2s infinite}
.typing i:nth-child(2){animation-delay:.2s}.typing i:nth-child(3){animation-delay:.4s}
@keyframes blink{30%{opacity:.2}}
@media(prefers-reduced-motion:reduce){.typing i{animation:none}}
.note{font-size:.875rem;color:var(--quiet);margin:0}
.offline{margin:0;padding:.625rem 1rem;background:var(--alarm-ground);color:var(--ink);border-block-start:2px solid var(--alarm);font-size:.9375rem}
.offline a{color:inherit;font-weight:600}
form{display:flex;gap:.5rem;align-items:flex-end;padding:.625rem;border-block-start:1px solid var(--line)}
label{flex:1;display:flex;flex-direction:column;font-size:.8125rem;color:var(--quiet);gap:.125rem}
textarea{font:inherit;font-size:max(1rem,16px);color:var(--ink);background:var(--ground);border:1px solid var(--line);border-radius:12px;
padding:.5rem .75rem;min-block-size:44px;max-block-size:30dvh;resize:none;inline-size:100%}
.send{background:var(--accent);color:var(--on-accent);border:0;border-radius:22px;padding-inline:1rem;font-weight:600}
.hidden{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[hidden]{display:none!important}`;
