// The demo page: the line to copy, and switches for the look of the widget.

const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const chat = () => /** @type {import("./widget.js").ClinicChat} */ (document.querySelector("clinic-chat"));

const line = `<script type="module" src="${new URL("widget.js", location.href)}"></script>`;
find("line").textContent = line;
find("ask").addEventListener("click", () => chat().open());
find("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(line);
  find("copied").textContent = "Copied";
});

const look = /** @type {HTMLFormElement} */ (find("look"));
look.addEventListener("change", () => {
  const values = Object.fromEntries(new FormData(look));
  for (const name of ["theme", "side", "dir"]) chat().setAttribute(name, String(values[name]));
  document.documentElement.dataset.theme = String(values.theme);
  chat().style.setProperty("--chat-accent", String(values.accent));
});
