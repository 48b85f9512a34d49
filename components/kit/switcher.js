// The switcher: which organization one is in, and the others while somebody chooses. Whoever types before the list has
// come narrows it down all the same.

import { h, nextTick } from "vue";

const MOST = 300; // rows drawn at once: more than anybody reads

// As texts.py has it, but in capitals, because there ß is SS, ı is I, and there is one sigma.
const ACCENTS =
  /[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u0652\u0670\u1ab0-\u1aff\u1dc0-\u1dff\ufe20-\ufe2f]/g;
const LETTERS = { ẞ: "SS", Æ: "AE", Œ: "OE", Ø: "O", Ł: "L", Đ: "D", Ð: "D", Ħ: "H", Ŋ: "N", Ŧ: "T", Þ: "TH" };
const bare = (letter) => letter.normalize("NFD").replace(ACCENTS, "").normalize("NFC");
const signs = (text) => text.replace(/[‘’ʻʼ′]/g, "'").replace(/[‐-―−]/g, "-").replace(/\p{Cf}/gu, "").replace(/\s+/g, " ");
const plain = (text) =>
  signs(text.normalize("NFKC").toUpperCase().replace(/[^\x00-\x7fЙ]/gu, bare)).replace(/[ẞÆŒØŁĐÐĦŊŦÞ]/g, (letter) => LETTERS[letter]);

export default {
  props: ["name", "role", "project", "initials", "hue", "at", "rows"],

  data: () => ({ isOpen: false, typed: "", marked: -1 }),

  computed: {
    all() {
      const wanted = plain(this.typed.trim());
      return (this.rows ?? []).filter(({ name }) => plain(name).includes(wanted));
    },
    found() {
      return this.all.slice(0, MOST);
    },
    note() {
      if (!this.all.length) return "Nothing found";
      return this.all.length > MOST ? `These are ${MOST} of ${this.all.length}. Type to find another.` : "";
    },
  },

  watch: {
    rows(rows) {
      if (!rows) this.isOpen = false;
      else this.begin();
    },
  },

  methods: {
    ask() {
      if (this.isOpen) this.close();
      else this.$emit("open");
    },
    async begin() {
      const here = document.activeElement;
      if (here !== document.body && !this.$el.contains(here)) return this.close(); // somebody has gone on
      this.isOpen = true;
      this.marked = -1;
      await nextTick();
      this.$refs.box?.focus();
    },
    close(again = true) {
      const within = this.$el.contains(document.activeElement);
      this.isOpen = false;
      this.typed = "";
      this.$emit("close");
      if (again && within) this.$refs.button.focus();
    },
    choose(id) {
      if (id) this.$emit("choose", id); // while it is offered
      this.close();
    },
    make() {
      this.close();
      this.$emit("new");
    },
    mark(at) {
      const count = this.found.length;
      this.marked = count ? (at + count) % count : -1;
      nextTick(() => this.$refs.list?.children[this.marked]?.scrollIntoView({ block: "nearest" }));
    },
    onButton(event) {
      const { key } = event;
      if (event.ctrlKey || event.metaKey || event.altKey || this.isOpen) return;
      const letters = key.length === 1 ? (this.typed + key).trimStart() : "";
      if (!letters && key !== "ArrowDown") return;
      event.preventDefault();
      this.typed = letters || this.typed;
      this.ask();
    },
    onBox(event) {
      if (event.isComposing) return;
      const acts = {
        ArrowDown: () => this.mark(this.marked + 1),
        ArrowUp: () => this.mark(Math.max(this.marked, 0) - 1),
        Enter: () => this.choose((this.found[this.marked] ?? (this.typed.trim() ? this.found[0] : null))?.id),
      };
      if (!acts[event.key]) return;
      event.preventDefault();
      acts[event.key]();
    },
    onKey(event) {
      if (event.key !== "Escape" || !this.isOpen) return;
      event.stopPropagation(); // the drawer stays
      this.close();
    },
    onLeave({ relatedTarget }) {
      if (this.isOpen && !this.$el.contains(relatedTarget)) this.close(false);
    },
    option({ id, name, role, initials, hue }, place) {
      const here = id === this.at;
      const look = ["switcher-option", place === this.marked ? "marked" : ""];
      const told = { id: `${this.$attrs.id}-${id}`, role: "option", "aria-selected": String(here), title: name };
      return h("div", { key: id, class: look, ...told, onClick: () => this.choose(id) }, [
        h("span", { class: "monogram hue-" + hue, "data-initials": initials, "aria-hidden": "true" }),
        h("span", { class: "switcher-name", dir: "auto" }, name),
        " ",
        h("span", { class: "switcher-role" }, role),
      ]);
    },
    panel() {
      const list = this.$attrs.id + "-list";
      const box = {
        ref: "box",
        value: this.typed,
        role: "combobox",
        type: "text",
        placeholder: "Find an organization",
        autocomplete: "off",
        autocapitalize: "none",
        autocorrect: "off",
        spellcheck: "false",
        dir: "auto",
        "aria-label": "Organization",
        "aria-expanded": "true",
        "aria-autocomplete": "list",
        "aria-controls": list,
        "aria-activedescendant": this.found[this.marked] && `${this.$attrs.id}-${this.found[this.marked].id}`,
        onKeydown: this.onBox,
        onInput: ({ target }) => ((this.typed = target.value), (this.marked = -1)),
      };
      const told = { ref: "list", id: list, role: "listbox", "aria-label": "Organizations" };
      const stay = (event) => event.target.matches("input") || event.preventDefault(); // the focus stays in the box
      return h("div", { class: "switcher-panel", onMousedown: stay }, [
        h("div", { class: "switcher-search", "data-icon": "search" }, [h("input", box)]),
        h("div", { class: "switcher-list", ...told }, this.found.map(this.option)),
        h("p", { class: "muted", role: "status" }, this.note),
        h("button", { class: "switcher-new", type: "button", "data-icon": "plus", onClick: this.make }, "New organization"),
      ]);
    },
  },

  render() {
    const told = { "aria-haspopup": "listbox", "aria-expanded": String(this.isOpen) };
    const place = this.project ? "project " + this.project : "";
    const name = "Organization " + [this.name, this.role, place].filter(Boolean).join(", ");
    const acts = { onClick: this.ask, onKeydown: this.onButton };
    const button = { ref: "button", class: ["switcher-button", this.project ? "in-project" : ""], type: "button", "aria-label": name, ...told, ...acts };
    return h("div", { onKeydown: this.onKey, onFocusout: this.onLeave }, [
      h("button", button, [
        h("span", { class: "monogram hue-" + this.hue, "aria-hidden": "true" }, this.initials),
        h("span", { class: "switcher-name", dir: "auto" }, this.name),
        this.project ? h("span", { class: "switcher-project", dir: "auto" }, this.project) : null,
        h("span", { class: "switcher-role" }, this.role),
      ]),
      this.isOpen ? this.panel() : null,
    ]);
  },
};
