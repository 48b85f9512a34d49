// Files on their way into the knowledge: dropped anywhere on the screen or chosen, sent two at a time, each with its
// progress. The server hears of none of it by the socket: a file is put where `url` says, and the list follows by itself.

import { h, resolveComponent } from "vue";

const LINES = 2; // files on their way side by side

const LOST = "The connection was lost on the way. Nothing was kept of it.";
const FOLDER = "A folder can’t be sent. Choose the files in it.";
const BY_STATUS = { 401: "You are signed out. Sign in to go on.", 413: "It is too large.", 429: "Too many files come from your network. Try again in a minute." };

const holds = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

const isFolder = (entry) => entry?.webkitGetAsEntry?.()?.isDirectory;

export default {
  props: ["url", "accept", "largest", "large", "hint", "closed"],
  data: () => ({ items: [], isOver: false, said: "", next: 1 }),
  mounted() {
    this.heard = [["dragover", this.drag], ["dragleave", this.leave], ["drop", this.drop], ["beforeunload", this.hold]];
    for (const [sign, act] of this.heard) window.addEventListener(sign, act);
    document.addEventListener("click", this.point);
  },
  unmounted() { // what is on its way goes on
    for (const [sign, act] of this.heard) window.removeEventListener(sign, act);
    document.removeEventListener("click", this.point);
  },
  methods: {
    drag(event) {
      if (this.closed || !holds(event)) return;
      event.preventDefault(); // else the browser would open the file in the place of the page
      event.dataTransfer.dropEffect = "copy";
      this.isOver = true;
    },
    leave(event) {
      if (!event.relatedTarget) this.isOver = false;
    },
    drop(event) {
      this.isOver = false;
      if (this.closed || !holds(event)) return;
      event.preventDefault();
      const folders = new Set([...event.dataTransfer.items].map((entry, at) => (isFolder(entry) ? at : -1)));
      [...event.dataTransfer.files].forEach((file, at) => this.add(file, "", folders.has(at) ? FOLDER : ""));
    },
    hold(event) {
      if (this.items.some((item) => item.state === "sent" || item.state === "waits")) event.preventDefault();
    },
    // The menu of a file asks for another one in its place.
    point(event) {
      const asking = event.target.closest?.("[data-replaces]");
      if (asking && !this.closed) this.choose(asking.dataset.replaces);
    },
    choose(replaces = "") {
      const { picker } = this.$refs;
      picker.multiple = !replaces;
      picker.value = "";
      this.replaces = replaces;
      picker.click();
    },
    picked() {
      for (const file of this.$refs.picker.files) this.add(file, this.replaces);
    },
    add(file, replaces, wrong = "") {
      if (!wrong && file.size > this.largest) wrong = this.large;
      this.items.push({ key: this.next++, file, replaces, other: "", share: 0, state: "waits", sentence: "", again: false });
      if (wrong) this.fail(this.items.at(-1), wrong);
      this.go();
    },
    go() {
      const free = LINES - this.items.filter((item) => item.state === "sent").length;
      for (const item of this.items.filter((item) => item.state === "waits").slice(0, Math.max(0, free))) this.send(item);
    },
    send(item) {
      Object.assign(item, { state: "sent", share: 0, sentence: "", other: "", again: false });
      const query = new URLSearchParams({ name: item.file.name, ...(item.replaces ? { replaces: item.replaces } : {}) });
      const asking = (item.asking = new XMLHttpRequest());
      asking.open("PUT", `${this.url}?${query}`);
      asking.responseType = "json";
      asking.upload.onprogress = ({ loaded, total }) => (item.share = total ? loaded / total : 0);
      asking.onload = () => this.answer(item, asking.status, asking.response);
      asking.onerror = () => this.fail(item, LOST, { again: true });
      asking.send(item.file);
    },
    answer(item, status, told) {
      if (status === 200 && told?.is_new) {
        this.said = `${item.file.name} was sent.`;
        this.forget(item);
      } else if (status === 200) {
        Object.assign(item, { state: "there", sentence: told?.sentence ?? "" });
        this.said = `${item.file.name}: ${item.sentence}`;
      } else {
        const sentence = told?.sentence ?? BY_STATUS[status] ?? "It could not be sent.";
        this.fail(item, sentence, { again: [408, 429, 500, 502, 503, 504].includes(status), other: told?.replaces ?? "" });
      }
      this.go();
    },
    fail(item, sentence, { again = false, other = "" } = {}) {
      Object.assign(item, { state: "failed", sentence, again, other });
      this.said = `${item.file.name}: ${sentence}`;
      this.go();
    },
    forget(item) {
      item.asking?.abort();
      this.items = this.items.filter((it) => it.key !== item.key);
      this.go();
    },
    retry(item, replaces) {
      item.replaces = replaces;
      item.state = "waits";
      this.go();
    },
    line(item) {
      const { name } = item.file;
      const act = (label, press) =>
        h("button", { type: "button", class: "link-button upload-act", "aria-label": `${label}: ${name}`, onClick: press }, label);
      const isOpen = item.state === "waits" || item.state === "sent";
      const percent = Math.round(item.share * 100);
      const word = item.state === "waits" ? "Waits for its turn" : percent < 100 ? `${percent} %` : "Being kept…";
      return h("li", { key: item.key, class: "upload" }, [
        h("span", { class: "upload-name", dir: "auto", title: name }, name),
        isOpen ? h("progress", { class: "upload-bar", max: 100, value: percent, "aria-label": `Sending ${name}` }) : null,
        h("span", { class: item.state === "failed" ? "upload-why tone-danger" : "muted upload-why" }, isOpen ? word : item.sentence),
        item.other ? act("Replace it", () => this.retry(item, item.other)) : null,
        item.again ? act("Try again", () => this.retry(item, item.replaces)) : null,
        act(isOpen ? "Cancel" : "Dismiss", () => this.forget(item)),
      ]);
    },
  },
  render() {
    const picker = h("input", { ref: "picker", type: "file", multiple: true, accept: this.accept, hidden: true, onChange: this.picked });
    const button = h(resolveComponent("q-btn"), { class: "button-primary", label: "Choose files", onClick: () => this.choose() });
    const zone = h("div", { class: ["drop", { over: this.isOver }] }, [
      h("p", { class: "drop-words" }, this.isOver ? "Let go to add them." : "Drop files here, or"),
      button,
      h("p", { class: "muted drop-hint" }, this.hint),
    ]);
    const lines = h("ul", { class: "uploads", "aria-label": "Files on their way" }, this.items.map(this.line));
    return h("div", [
      picker,
      this.closed ? null : zone,
      this.items.length ? lines : null,
      h("p", { class: "unseen", role: "status" }, this.said),
    ]);
  },
};
