// What is pasted goes to the server in one frame, and one that is too large would end the connection, again whenever it is
// back. So it is refused here, in a sentence, and what was there stays. What a field holds at most is for the server to say.

const FRAME = 100000; // bytes; the server takes 128 KiB (`FRAME` in data/runtime/limits.py), the name of the event included
const SURELY = FRAME / 12; // characters of which each may be an escape, escaped

const weight = (typed) => new TextEncoder().encode(JSON.stringify(JSON.stringify(typed))).length;

document.addEventListener("beforeinput", (event) => {
  const [box, text] = [event.target, event.data ?? event.dataTransfer?.getData("text/plain")];
  if (!text || !box.matches?.(".q-field input, .q-field textarea")) return;
  const whole = box.value.slice(0, box.selectionStart) + text + box.value.slice(box.selectionEnd);
  const form = box.closest("form[data-form]");
  const typed = form ? { ...draft(form), [box.name]: whole } : whole;
  if (JSON.stringify(typed).length < SURELY || weight(typed) <= FRAME) return;
  event.preventDefault();
  sayBeside(box, box.closest(".q-dialog__inner, main, body"), "This is too long to go in at once. Nothing was changed: paste it in parts.");
  endNote();
});
