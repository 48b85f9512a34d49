// What only the browser can do: moments in the reader's own words and zone, keeping what was typed, the menu on small screens,
// and saying what a page whose content changes without being loaded anew tells nobody.

const STEPS = [[60, "second"], [60, "minute"], [24, "hour"], [7, "day"], [4.35, "week"], [12, "month"], [Infinity, "year"]];

const all = (selector) => document.querySelectorAll(selector);

function set(element, name, value) {
  if (element.getAttribute(name) === (value ?? null)) return;
  if (value == null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

function inWords(moment, span) {
  const seconds = (moment - Date.now()) / 1000;
  let amount = Math.abs(seconds);
  if (amount < 60) return span ? "since a moment ago" : "just now";
  for (const [size, unit] of STEPS) {
    if (amount < size) {
      const count = Math.round(amount);
      const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
      return span ? "for " + words : seconds < 0 ? words + " ago" : "in " + words;
    }
    amount /= size;
  }
}

const momentOf = (element) => new Date(element.getAttribute("datetime"));

function tellMoments() {
  for (const element of all("time[datetime]:not([data-exact])")) {
    const words = inWords(momentOf(element), "span" in element.dataset);
    if (element.textContent === words) continue;
    if (element.firstChild) element.firstChild.data = words; // nothing that whoever watches the page has to look at
    else element.textContent = words;
  }
}

// The exact moment comes when nothing else is to do: the first format of a page costs as much as all of this script. Where
// it is all that is said, it stands there in UTC until then.

const whenIdle = window.requestIdleCallback ?? ((act) => setTimeout(act, 500)); // Safari has none
let isToTell = false;

function tellExactly() {
  if (!isToTell) whenIdle(() => {
    isToTell = false;
    const { way, language, exact, short } = dates();
    for (const element of all("time[datetime]")) {
      const moment = momentOf(element);
      const told = element.dateTime + " " + way;
      if (element.told === told) continue;
      element.told = told;
      if (isNaN(moment)) continue;
      element.title = exact().format(moment);
      if (!("exact" in element.dataset)) continue;
      element.textContent = short().format(moment);
      set(element, "lang", language);
      set(element, "dir", language && "auto");
    }
  });
  isToTell = true;
}

// What was typed and not saved outlives a reload that nobody asked for: the server was restarted, the network gone.

const unsaved = () => [...all("form[data-unsaved]")];
const unheard = new WeakMap(); // forms in which something was typed, and when, that the server may not have heard of
const ON_ITS_WAY = 2000; // milliseconds that its answer may take

for (const sign of ["input", "held"]) { // something was typed, or chosen
  document.addEventListener(sign, (event) => {
    const form = event.target.closest?.("form[data-form]");
    if (form) unheard.set(form, performance.now());
  });
}

const justTyped = (form) => performance.now() - unheard.get(form) < ON_ITS_WAY;

const drafts = () => [...all("form[data-form]")].filter((form) => form.dataset.unsaved || unheard.has(form));

function draft(form) {
  const typed = {};
  for (const box of form.querySelectorAll("input[name], textarea[name]")) typed[box.name] = box.dataset.held ?? box.value;
  return typed;
}

const restore = (form, typed) => form.dispatchEvent(new CustomEvent("restore", { detail: typed }));

function keepTyped() {
  for (const form of drafts()) sessionStorage.setItem("typed:" + form.dataset.form, JSON.stringify(draft(form)));
}

let listening = null;

function listen() {
  if (!window.socket || listening === window.socket) return;
  listening = window.socket;
  listening.on("connect", () => drafts().forEach((form) => restore(form, draft(form)))); // what got lost on the way
}

function giveBack() {
  for (const form of all("form[data-form]:not([data-asked])")) {
    if (!window.did_handshake) return setTimeout(giveBack, 50);
    form.dataset.asked = "true";
    const key = "typed:" + form.dataset.form;
    const typed = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    if (typed) restore(form, JSON.parse(typed));
  }
}

window.addEventListener("beforeunload", (event) => {
  if (window.leaving) return;
  if (!window.socket?.connected) keepTyped();
  else if (drafts().some((form) => form.dataset.unsaved || justTyped(form))) event.preventDefault();
});

window.keepAddress = (path) => {
  if (location.pathname + location.search !== path.split("#")[0]) history.pushState({ page: path }, "", path);
};

document.addEventListener("submit", (event) => {
  const button = event.target.querySelector("[data-busy]");
  if (!button) return;
  if (button.disabled) return event.preventDefault();
  button.dataset.idle = button.textContent;
  button.textContent = button.dataset.busy;
  setTimeout(() => (button.disabled = true)); // after the browser has taken the form
});

// Whoever presses Enter before the server has enabled the button means it all the same; what was typed is on its way.

document.addEventListener("keydown", ({ key, target, isComposing }) => {
  const form = target.matches?.('input:not([role="combobox"])') && target.closest("form[data-form]");
  if (form && key === "Enter" && !isComposing && form.querySelector('[type="submit"][disabled]')) form.requestSubmit();
});

// What comes in above a button while it is pressed moves it from under the pointer, and then it would not have been clicked.

const STILL = 4; // pixels that a hand trembles
let pressed = null;

document.addEventListener("pointerdown", ({ target, clientX: x, clientY: y }) => {
  pressed = { button: target.closest?.("button"), x, y };
}, { capture: true });

document.addEventListener("click", (event) => {
  const { button, x, y } = pressed ?? {};
  pressed = null;
  if (!event.detail || !button?.checkVisibility() || button.contains(event.target) || button.closest("[inert]")) return;
  if (Math.hypot(event.clientX - x, event.clientY - y) > STILL) return;
  event.stopPropagation();
  button.click();
}, { capture: true });

window.addEventListener("pageshow", () => {
  for (const button of all("[data-busy][data-idle]")) {
    button.disabled = false;
    button.textContent = button.dataset.idle;
  }
});

// The menu on small screens: a drawer over an inert page.

const SMALL = matchMedia("(max-width: 899px)");

function openMenu(open) {
  const button = document.querySelector(".menu-button");
  if (!button || open === document.body.classList.contains("menu-open")) return;
  document.body.classList.toggle("menu-open", open);
  document.querySelector("main").inert = open;
  set(button, "aria-expanded", String(open));
  (open ? document.querySelector(".menu-link") : button).focus();
}

SMALL.addEventListener("change", () => openMenu(false));

document.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest?.(selector);
  if (on(".menu-button")) openMenu(!document.body.classList.contains("menu-open"));
  else if (on(".scrim, .menu a")) openMenu(false);
  else if (on(".skip")) {
    event.preventDefault(); // a change of the hash would look like another screen
    document.getElementById("content").focus();
  }
});

// Quasar's fields don't say which sentence is about them, and its lists neither what they are of nor keep to the
// elements a list may have.

function describeFields() {
  for (const field of all(".q-field")) {
    const box = field.querySelector("input[id], textarea[id]");
    const says = field.querySelector(".q-field__messages");
    if (!box) continue;
    if (says) says.id = box.id + "-says";
    set(box, "aria-describedby", says?.id);
    set(box, "aria-invalid", field.classList.contains("q-field--error") ? "true" : null);
  }
  for (const list of all('[role="listbox"]')) {
    set(list, "aria-label", document.getElementById(list.id.slice(0, -3))?.ariaLabel);
    list.querySelector(".q-virtual-scroll__content")?.removeAttribute("tabindex");
  }
}

// A lost connection is said in a live region, which speaks only when its words change.

function announceLoss() {
  const popup = document.getElementById("popup");
  if (!popup) return;
  const [what, then] = popup.children;
  popup.role = "status";
  new MutationObserver(() => {
    const lost = popup.ariaHidden !== "true";
    what.textContent = lost ? "Reconnecting…" : "";
    then.textContent = lost ? "The connection is lost. What you typed stays here." : "";
  }).observe(popup, { attributeFilter: ["aria-hidden"] });
}

announceLoss();
new MutationObserver((records) => {
  notePlaces(records);
  tellMoments();
  tellExactly();
  listen();
  unsaved().forEach((form) => unheard.delete(form));
  giveBack();
  placePopups();
  handOn();
  describeFields();
  arrive();
}).observe(document.documentElement, { subtree: true, childList: true, attributes: true, attributeFilter: ["datetime", "data-dates", "data-zone", "data-unsaved", "disabled"] });
setInterval(tellMoments, 15000);
