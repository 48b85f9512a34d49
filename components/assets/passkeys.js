// Passkeys: what only the browser can do. A form with `data-passkey` (“create” or “get”) posts what stands in it to `data-ask`,
// asks the browser for what the server asks, and posts its answer; whatever ends that early has its sentence.

const WHY_NOT = {
  NotAllowedError: "This was not confirmed, or it took too long. Try again.",
  InvalidStateError: "This device has a passkey for your account already.",
  NotSupportedError: "This device can’t keep a passkey that only you can use.",
  ConstraintError: "This device can’t make sure that it is you. Set up a screen lock on it, or use another one.",
  SecurityError: "Passkeys don’t work at this address.",
};
const NO_PASSKEYS = "This browser has no passkeys. Use another one, or another way.";
const NOT_DONE = "The browser could not do this. Try again.";

const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const textOf = (buffer) =>
  buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function withBytes({ challenge, user, allowCredentials, excludeCredentials, ...others }) {
  const named = (list) => list?.map((each) => ({ ...each, id: bytesOf(each.id) }));
  return {
    ...others,
    challenge: bytesOf(challenge),
    ...(user && { user: { ...user, id: bytesOf(user.id) } }),
    allowCredentials: named(allowCredentials),
    excludeCredentials: named(excludeCredentials),
  };
}

function inText({ id, rawId, type, authenticatorAttachment, response }) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const texts = Object.fromEntries(parts.map((part) => [part, textOf(response[part]) ?? undefined]));
  const transports = response.getTransports?.();
  return JSON.stringify({ id, rawId: textOf(rawId), type, authenticatorAttachment, response: { ...texts, transports } });
}

async function askBrowser(form) {
  const { at, ask, passkey } = form.dataset;
  const said = (sentence) => ({ wrong: { "": sentence } });
  if (at !== location.origin) return said(`Passkeys need an address with a name. Go on at ${at}.`);
  if (!window.PublicKeyCredential) return said(NO_PASSKEYS);
  const asked = await post(form, ask);
  if (!asked?.options) return asked;
  try {
    const credential = await navigator.credentials[passkey]({ publicKey: withBytes(asked.options) });
    const stay = document.querySelector(".stay input"); // it may stand in the form beside this one
    return await post(form, form.action, { credential: inText(credential), ...(stay && { kept: stay.checked ? "on" : "off" }) });
  } catch (error) {
    return said(WHY_NOT[error.name] ?? NOT_DONE);
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-passkey]")) return;
  event.preventDefault();
  const wrong = wrongIn(form);
  if (sending.has(form) || Object.keys(wrong).length) {
    event.stopPropagation();
    return sending.has(form) || sayWrong(form, wrong);
  }
  sending.add(form);
  sayWrong(form, {}, false);
  const answer = await askBrowser(form);
  if (!answer) return location.reload(); // a page of its own, which this is no place for
  if (answer.to) return location.assign(answer.to);
  sending.delete(form);
  endBusy(form);
  if (answer.wrong) sayWrong(form, answer.wrong);
  else form.dispatchEvent(new CustomEvent("done"));
}, { capture: true });

if (!window.PublicKeyCredential) document.documentElement.classList.add("no-passkeys");
