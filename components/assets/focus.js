// Where the focus is and goes: through menus and out of them, on from what has gone, and to what another screen begins with.

// Quasar's menus know no arrow keys (WAI-ARIA, menu pattern).

function step(event) {
  const items = [...(event.target.closest?.('[role="menu"]')?.querySelectorAll('[role^="menuitem"]') ?? [])];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: Math.max(at, 0) - 1, Home: 0, End: -1 }[event.key];
  if (!items.length || to === undefined) return;
  event.preventDefault();
  items.at(to % items.length).focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector(".q-menu")) openMenu(false);
  step(event);
});

// Quasar hangs menus under the body, outside of every landmark and of the dialog they belong to, and tells nobody
// that they are open; and under a dialog it leaves the page within reach.

const openers = new Map(); // for each popup what had the focus before it, and what had led to that, for when it is gone
let focused = null;
let before = [];

for (const sign of ["focusin", "pointerdown"]) { // Quasar takes the focus away before it opens anything
  document.addEventListener(sign, ({ target }) => {
    if (target.closest(".q-menu")) return;
    const button = target.closest(".switcher")?.querySelector("button"); // its box goes before what it has led to
    focused = button ?? target.closest("button, a, input") ?? target;
    before = [focused, ...(openers.get(target.closest('[id^="q-portal--dialog"]')) ?? [])];
  });
}

function placePopups() {
  const dialogs = all('body > [id^="q-portal--dialog"]');
  for (const dialog of dialogs) if (!openers.has(dialog)) openers.set(dialog, before);
  document.querySelector(".q-layout")?.toggleAttribute("inert", dialogs.length > 0);
  for (const menu of all('body > [id^="q-portal--menu"]')) {
    (focused?.closest(".q-dialog, .sidebar, main") ?? document.querySelector(".menu-open .sidebar, main")).append(menu);
    if (!focused?.matches('[aria-haspopup="menu"]')) continue;
    openers.set(menu, before);
    set(focused, "aria-expanded", "true");
  }
  for (const [popup, [opener, ...earlier]] of openers) {
    if (popup.isConnected) continue;
    openers.delete(popup);
    opener?.removeAttribute("aria-expanded");
    if (document.activeElement !== document.body) continue;
    focused = [opener, ...earlier].map(heirOf).find(Boolean) ?? focused; // greyed by now, it hands the focus on itself
    focused?.focus();
  }
}

// What goes takes the focus in it along, and so does a button that can't be pressed any more. It is handed on: in a list to the
// row in its place, below a list to the first of the rows that have come for it, in a form to that, or else to the title.

const places = new WeakMap(); // for what has gone: where it was; from a list also which row it was in, or stood before
let shaken = null; // what had the focus when it was greyed, or taken out: it may come back, in another place
let grown = {}; // the button that has brought more rows, and the last row above it before

/** Remembers from where things have gone: out of lists all, and elsewhere what had the focus or will get it back. */
function notePlaces(records) {
  for (const { removedNodes, nextSibling, target } of records) {
    const list = removedNodes.length && target.closest?.('[role="list"]');
    for (const node of removedNodes) {
      const hadIt = node.contains(focused);
      const gets = hadIt || [...openers.values()].flat().some((it) => node.contains(it)); // once what it has opened closes
      if (hadIt) shaken = focused;
      if (list) places.set(node, { around: list, list, next: target.closest('[role="listitem"]') ?? nextSibling });
      else if (gets) places.set(node, { around: target });
    }
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.(".more");
  let list = button;
  while (list && list.role !== "list") list = list.previousElementSibling;
  if (button) grown = { button, last: list?.lastElementChild };
}, { capture: true });

const isAdrift = () => document.activeElement === document.body && focused?.isConnected === false;

/** Looks after the focus whenever something has changed. */
function handOn() {
  if (!focused || ![focused, document.body].includes(document.activeElement)) return;
  if (focused.isConnected && focused.disabled) {
    shaken = focused;
    formAround(focused)?.focus({ preventScroll: true });
  } else if (focused.isConnected && focused === shaken) {
    shaken = null;
    focused.focus();
  }
  if (!isAdrift()) return;
  const heir = focused === grown.button ? rowAfter(grown.last) : heirOf(focused);
  if (heir) heir.focus();
  else setTimeout(() => isAdrift() && heirOf(focused)?.focus(), 300); // no more rows have come
}

function formAround(element) {
  const form = element.closest("form[tabindex]");
  return form?.checkVisibility() ? form : null;
}

function rowAfter(last) {
  const row = last?.nextElementSibling;
  return row && (row.querySelector("a, button") ?? reachable(row));
}

/** What gets the focus for something: itself while it is there. */
function heirOf(lost) {
  if (!lost || lost.isConnected) return lost;
  const { around, list, next } = places.get(lost.getRootNode()) ?? {};
  if (!around?.isConnected || !around.closest(".screen, .q-dialog")) return null; // another screen begins elsewhere
  if (!list) return around.closest("form") ? formAround(around) : titleOf(around);
  let row = next;
  while (row && !row.isConnected) row = places.get(row)?.next;
  const rows = [...list.children];
  const at = row ? rows.indexOf(row) : rows.length;
  const buttons = [...rows.slice(at), ...rows.slice(0, at).reverse()].map((it) => it.querySelector("button"));
  return buttons.find(Boolean) ?? titleOf(list);
}

function titleOf(place) {
  const titles = [".card", "main"].map((around) => place.closest(around)?.querySelector("h1, h2"));
  return reachable(titles.find((it) => it?.checkVisibility()));
}

function reachable(element) {
  if (element) element.tabIndex = -1;
  return element;
}

// Another screen begins with its title, for eyes, keyboards and screen readers alike; where the address names one of its
// cards, with the first thing that can be filled in there, or else with the title of that.

let arrived = null;

function arrive() {
  const title = document.querySelector("main h1");
  const here = location.pathname;
  if (!title || arrived?.title === title) return;
  const moved = arrived ? arrived.here !== here : location.hash;
  if (arrived && !moved) { // the address comes later, or this is the same screen drawn anew
    return setTimeout(() => (location.pathname !== here ? arrive() : isAdrift() && lead(title)), 100);
  }
  arrived = { title, here };
  if (moved) requestAnimationFrame(() => setTimeout(() => lead(title))); // once it is painted: focus() waits for the layout
}

const BUSY = '.q-dialog, .q-menu:focus-within, [aria-expanded="true"]:focus'; // somebody is already at something else

function lead(title) {
  if (!title.isConnected || document.querySelector(BUSY) || title.closest("main").contains(document.activeElement)) return;
  openMenu(false);
  const head = document.getElementById(location.hash.slice(1))?.closest(".card-head");
  head?.scrollIntoView();
  const box = head?.parentElement.querySelector("form:not(.hidden) input:not([readonly])");
  if (box) return box.focus({ preventScroll: true });
  reachable(head?.querySelector("h2") ?? title).focus({ preventScroll: true });
}
