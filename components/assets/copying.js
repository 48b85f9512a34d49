// Copying: whatever has `data-copy` copies what stands there, and says “Copied” only when it is. Browsers have no clipboard
// for pages that come over plain http, and may refuse it; then the older command is tried, and in the end the person does it.

const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.platform);
const BY_HAND = matchMedia("(pointer: coarse)").matches
  ? "Hold the marked text to copy it."
  : `Press ${IS_APPLE ? "⌘C" : "Ctrl+C"} to copy the marked text.`;

function copyByCommand(text, place) {
  const [had, box] = [document.activeElement, document.createElement("textarea")];
  Object.assign(box, { value: text, readOnly: true, className: "copy-source" });
  place.append(box); // in the dialog: what is outside of it can't have the focus
  box.select();
  let taken = false;
  const take = (event) => {
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
    taken = true;
  };
  document.addEventListener("copy", take, { once: true, capture: true });
  try {
    return document.execCommand("copy") && taken;
  } catch {
    return false;
  } finally {
    document.removeEventListener("copy", take, { capture: true });
    box.remove();
    had?.focus({ preventScroll: true });
  }
}

async function copied(text, place) {
  if (!window.isSecureContext || !navigator.clipboard?.writeText) return copyByCommand(text, place);
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByCommand(text, place);
  }
}

// What is said about it stands beside the button, in a box of its own: rows and dialogs are drawn by others.

let noted = null;

function sayBeside(button, place, sentence, text) {
  noted?.remove();
  const note = (noted = document.createElement("div"));
  const words = document.createElement("span");
  note.className = "copy-note";
  words.role = "status";
  note.append(words);
  place.append(note);
  const { left, top, bottom } = button.getBoundingClientRect();
  const put = () => { // below the button, or above it where there is no room: whoever presses it again presses the button
    const [below, above] = [bottom + 4, top - 4 - note.offsetHeight];
    const lowest = window.innerHeight - note.offsetHeight - 12;
    note.style.top = `${below > lowest && above >= 12 ? above : Math.max(12, Math.min(below, lowest))}px`;
  };
  note.style.visibility = text ? "" : "hidden";
  setTimeout(() => { // a status is read when it changes
    words.textContent = sentence;
    note.style.visibility = "";
    put();
  });
  if (text) note.append(boxWith(text));
  note.style.left = `${Math.max(12, Math.min(left, note.parentElement.clientWidth - 332))}px`;
  put();
  return note;
}

function boxWith(text) {
  const box = document.createElement("textarea");
  Object.assign(box, { value: text, readOnly: true, rows: 2, ariaLabel: "Text to copy" });
  return box;
}

const shownIn = (place, text) => [...place.querySelectorAll("input, textarea")].find((box) => box.value === text);

function letThemCopy(button, place, text) {
  const shown = shownIn(place, text);
  const note = sayBeside(button, place, BY_HAND, shown ? "" : text);
  const box = shown ?? note.querySelector("textarea");
  const done = () => {
    box.removeEventListener("copy", copy);
    box.removeEventListener("blur", done);
    if (document.activeElement === box) button.focus({ preventScroll: true }); // not whoever has gone elsewhere
    if (noted === note) note.remove();
  };
  note.done = done;
  const copy = () => setTimeout(() => { // the browser takes what is marked after it has said so
    done();
    sayBeside(button, place, "Copied");
    endNote();
  });
  box.focus();
  box.setSelectionRange(0, text.length);
  box.addEventListener("copy", copy);
  box.addEventListener("blur", done);
}

function endNote() {
  const note = noted;
  setTimeout(() => note.remove(), 4000);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const place = button.closest(".q-dialog__inner, main, body");
  const text = button.dataset.copy;
  if (!(await copied(text, place))) return letThemCopy(button, place, text);
  sayBeside(button, place, "Copied");
  endNote();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !noted?.isConnected) return;
  event.stopPropagation(); // it closes what was said, not the dialog under it
  noted.done?.();
  noted.remove();
}, { capture: true });
