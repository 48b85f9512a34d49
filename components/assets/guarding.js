// What was typed in a dialog is thrown away only by somebody who says so. The browser holds the dialog open, for it knows the
// last letters before the server does; the server, told what stands in the fields, closes it or asks.

function guarded() {
  const form = [...all(".q-dialog:has(.q-dialog__inner)")].at(-1)?.querySelector("form[data-form]");
  return form && (form.dataset.unsaved || unheard.has(form)) ? form : null;
}

const askToClose = (form) => form.dispatchEvent(new CustomEvent("back", { detail: draft(form) }));

/** Whether Escape belongs to something that is open within the dialog. */
const isBusy = (box) => document.querySelector(".q-menu, .copy-note") || box.matches('[aria-expanded="true"], [role="combobox"]:not([data-held])');

document.addEventListener("keydown", (event) => {
  const form = event.key === "Escape" && guarded();
  if (!form || isBusy(event.target) || event.isComposing) return;
  event.stopPropagation();
  event.preventDefault();
  askToClose(form);
}, { capture: true });

for (const sign of ["mousedown", "focusin", "click"]) { // Quasar listens to the focus, or where there is touch to the click
  document.addEventListener(sign, (event) => {
    const form = event.target.matches?.(".q-dialog__backdrop") && guarded();
    if (!form) return;
    event.stopPropagation();
    event.preventDefault();
    if (sign === "click") askToClose(form);
  }, { capture: true });
}

// Before one goes elsewhere, the server hears what some fields say only after a rest.

function hurry() {
  for (const form of drafts()) for (const box of form.querySelectorAll("[name]")) box.dispatchEvent(new Event("change"));
}

window.addEventListener("popstate", hurry);
document.addEventListener("click", ({ target }) => target.closest?.("a[href]") && hurry(), { capture: true });
