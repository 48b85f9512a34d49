// The forms of the signed-out: what can be seen to be wrong is said before anything is sent, and what the server refuses is
// said on the same page, so that nobody types a password again because of their address. Nothing of it is kept anywhere.

const NO_ANSWER = "There is no answer. Check the connection and try again.";

const ADDRESS = /.[@＠].*[.．。｡]./u; // the server decides; this only is none for sure

const boxesOf = (form) => form.querySelectorAll(".entry-field input");

function wrongIn(form) {
  const wrong = {};
  for (const box of boxesOf(form)) {
    const { missing, like, shortest, short, same, differs } = box.dataset;
    const text = box.type === "email" ? box.value.trim() : box.value;
    if (missing && !text) wrong[box.name] = missing;
    else if (like && !box.readOnly && !ADDRESS.test(text)) wrong[box.name] = like;
    else if (shortest && [...text].length < shortest) wrong[box.name] = short;
    else if (same && text !== form.elements[same].value) wrong[box.name] = differs;
  }
  return wrong;
}

function sayAt(box, sentence) {
  document.getElementById(box.getAttribute("aria-describedby").split(" ")[0]).textContent = sentence ?? "";
  set(box, "aria-invalid", sentence ? "true" : null);
}

/** Every sentence at its field, the one without a field above them, and the cursor where something has to be done. */
function sayWrong(form, wrong, leads = true) {
  form.querySelector('[role="alert"]').textContent = wrong[""] ?? "";
  const boxes = [...boxesOf(form)];
  for (const box of boxes) sayAt(box, wrong[box.name]);
  const first = boxes.find((box) => wrong[box.name] && !box.readOnly) ?? boxes.find((box) => box.dataset.secret) ?? boxes[0];
  if (!leads || !first) return;
  first.focus();
  if (!wrong[first.name]) first.select();
}

function endBusy(form) {
  const button = form.querySelector("[data-busy]");
  setTimeout(() => Object.assign(button, { disabled: false, textContent: button.dataset.idle })); // after it has been busy
}

/** What the server says of a form; null where it is none of ours that has answered, or a page. */
async function post(form, to = form.action, more = {}) {
  const body = new URLSearchParams([...new FormData(form), ...Object.entries(more)]);
  let reply;
  try {
    reply = await fetch(to, { method: "POST", body, headers: { Accept: "application/json" } });
  } catch {
    return { wrong: { "": NO_ANSWER } };
  }
  const said = reply.headers.get("Content-Type") === "application/json" ? await reply.json().catch(() => null) : null;
  return said?.to || said?.wrong || said?.done || said?.options || said?.confirm ? said : null;
}

const sending = new WeakSet();

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches(".entry-form:has(.entry-field):not([data-passkey])")) return;
  event.preventDefault();
  if (sending.has(form)) return event.stopPropagation();
  form.querySelectorAll("[data-secret]").forEach((box) => conceal(box, true)); // or a browser offers it again as plain text
  const wrong = wrongIn(form);
  const isSeen = Object.entries(wrong).some(([name, said]) => said !== form.elements[name].dataset.like);
  if (isSeen) { // an address alone is for the server, which says what it has against the password as well
    event.stopPropagation();
    return sayWrong(form, wrong);
  }
  sending.add(form);
  const answer = await post(form);
  if (!answer) return form.submit(); // what is no answer to a form is a page of its own
  if (answer.to) return location.assign(answer.to);
  sending.delete(form);
  endBusy(form);
  if (answer.wrong) return sayWrong(form, answer.wrong);
  if (answer.done) form.reset();
  form.dispatchEvent(new CustomEvent(answer.done ? "done" : "confirm")); // the page goes on by itself
}, { capture: true });

document.addEventListener("input", ({ target }) => target.matches(".entry-field [aria-invalid]") && sayAt(target, ""));

function conceal(box, isHidden) {
  box.type = isHidden ? "password" : "text";
  box.nextElementSibling.firstChild.data = isHidden ? "Show" : "Hide";
}

document.addEventListener("click", ({ target }) => {
  const box = target.closest?.(".show-password")?.previousElementSibling;
  if (box) conceal(box, box.type === "text");
});

// Whoever comes in by a link says with the box of the form as well whether they stay signed in.
document.addEventListener("click", ({ target }) => {
  const way = target.closest?.(".other-ways a");
  const box = way && document.querySelector('.entry-form [type="checkbox"][name="kept"]');
  if (!box) return;
  const query = new URLSearchParams(way.search);
  query.set("kept", box.checked ? "on" : "off");
  way.search = query;
}, { capture: true });

// On a small screen what is unfolded lies below its end.
document.addEventListener("toggle", ({ target }) => target.open && target.scrollIntoView({ block: "nearest" }), { capture: true });
