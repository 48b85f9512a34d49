// What only the browser can do: moments in the reader's own words and zone, and keeping what was typed.

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const EXACT = new Intl.DateTimeFormat("en", { dateStyle: "long", timeStyle: "short" });
const STEPS = [[60, "second"], [60, "minute"], [24, "hour"], [7, "day"], [4.35, "week"], [12, "month"], [Infinity, "year"]];

function inWords(moment) {
  let amount = (moment - Date.now()) / 1000;
  if (Math.abs(amount) < 45) return "just now";
  for (const [size, unit] of STEPS) {
    if (Math.abs(amount) < size) return RELATIVE.format(Math.round(amount), unit);
    amount /= size;
  }
}

function tellMoments() {
  for (const element of document.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.getAttribute("datetime"));
    const words = inWords(moment);
    if (element.textContent !== words) element.textContent = words;
    if (element.dataset.told !== element.getAttribute("datetime")) {
      element.dataset.told = element.getAttribute("datetime");
      element.title = EXACT.format(moment);
    }
  }
}

// What was typed and not saved outlives a reload that nobody asked for: the server was restarted, the network gone.

const unsaved = () => [...document.querySelectorAll("form[data-unsaved]")];

function keepTyped() {
  for (const form of unsaved()) {
    const typed = JSON.parse(form.dataset.chosen || "{}");
    for (const box of form.querySelectorAll("input[name], textarea[name]")) typed[box.name] = box.value;
    sessionStorage.setItem("typed:" + form.dataset.form, JSON.stringify(typed));
  }
}

function giveBack() {
  for (const form of document.querySelectorAll("form[data-form]:not([data-asked])")) {
    if (!window.did_handshake) return setTimeout(giveBack, 50);
    form.dataset.asked = "true";
    const key = "typed:" + form.dataset.form;
    const typed = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    if (typed) form.dispatchEvent(new CustomEvent("restore", { detail: JSON.parse(typed) }));
  }
}

window.addEventListener("beforeunload", (event) => {
  if (window.leaving || !unsaved().length) return;
  if (window.socket?.connected) event.preventDefault();
  else keepTyped();
});

window.keepAddress = (path) => {
  if (location.pathname + location.search !== path) history.pushState({ page: path }, "", path);
};

document.addEventListener("submit", (event) => {
  const button = event.target.querySelector("[data-busy]");
  if (!button) return;
  if (button.disabled) return event.preventDefault();
  button.dataset.idle = button.textContent;
  button.textContent = button.dataset.busy;
  setTimeout(() => (button.disabled = true)); // after the browser has taken the form
});

window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[data-busy][data-idle]")) {
    button.disabled = false;
    button.textContent = button.dataset.idle;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.body.classList.remove("menu-open");
});

new MutationObserver(() => {
  tellMoments();
  giveBack();
}).observe(document.documentElement, { subtree: true, childList: true, attributes: true, attributeFilter: ["datetime"] });
setInterval(tellMoments, 15000);
