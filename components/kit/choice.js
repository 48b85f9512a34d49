// A field with a list of options (WAI-ARIA: combobox). What is shown is what is held: Enter, Tab, leaving the field and a
// browser's autofill all take the option that is meant; what means none stays as it was typed, and the field says so.

import { h, markRaw, resolveComponent } from "vue";

const PLAIN = { ß: "ss", ø: "o", æ: "ae", œ: "oe", đ: "d", ð: "d", ł: "l", ı: "i", þ: "th", ς: "σ", ħ: "h", ŋ: "n", ŧ: "t" };

const letterOf = (sign) => String.fromCodePoint(sign.codePointAt(0) - 0x1f1e6 + 97); // two of them are a flag (UTS #51)

/** A name as people may type it: accents, case, dots, apostrophes, other signs and articles aside. */
function fold(text) {
  const letters = text.replace(/[\u{1F1E6}-\u{1F1FF}]/gu, letterOf).normalize("NFKD").toLowerCase().replace(/[\p{M}\p{Cf}.'’ʻʼ`´]/gu, "").replace(/&/g, " and ");
  const words = letters.replace(/[ßøæœđðłıþςħŋŧ]/g, (letter) => PLAIN[letter]).replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  return words.replace(/\bsaint\b/g, "st").replace(/\bthe\b ?/g, "").trim() || words;
}

/** An option with what it can be found by: its label, the parts of “Tokyo (東京都)”, other names, and its key as a whole. */
function known([key, label, names]) {
  const [, before, inside] = label.match(/^(.+) \((.+)\)$/) ?? [];
  const own = [label, before, inside].filter(Boolean).map(fold);
  return { key, label, own, others: (names ?? []).map(fold), code: fold(key) };
}

const [EXACT, ALIAS, INSIDE, NONE] = [0, 1, 4, 6]; // from INSIDE on, no name begins like that

/** Whether a text is two of the names of one option: “Germany (DE)”, “DE – Germany”. */
function isCalledTwice(names, text) {
  const spaces = [text.indexOf(" "), text.lastIndexOf(" ")];
  return spaces.some((at) => at > 0 && names.includes(text.slice(0, at)) && names.includes(text.slice(at + 1)));
}

function rank({ own, others, code }, text) {
  if (own.includes(text)) return EXACT;
  if (others.includes(text) || code === text || isCalledTwice([...own, ...others, code], text)) return ALIAS;
  if (own[0].startsWith(text)) return 2;
  if (others.some((name) => name.startsWith(text))) return 3;
  if (own[0].includes(" " + text)) return 4;
  return own.some((name) => name.includes(text)) || others.some((name) => name.includes(" " + text)) ? 5 : NONE;
}

function ranked(options, typed) {
  const text = fold(typed);
  if (!text && typed.trim()) return []; // signs that are no name
  const all = options.map((option) => ({ option, rank: rank(option, text) }));
  return all.filter((each) => each.rank < NONE).sort((one, other) => one.rank - other.rank);
}

/** What is meant: what is called so, else the only one that is found, else the first one where somebody takes it by a key. */
function meant(options, typed, byKey, isOpen) {
  const found = ranked(options, typed).filter((each) => !isOpen || each.rank < INSIDE); // a name of its own may be part of one
  const [first, second] = found;
  const isNamed = first?.rank <= ALIAS;
  const isAlone = first && (!second || (isNamed && second.rank > first.rank));
  const isOneOfTwo = isNamed && second?.rank === first.rank; // “Korea”: a key must not choose between them
  return { option: isAlone || (byKey && !isOneOfTwo) ? first?.option : undefined, several: found.length > 1 };
}

export default {
  inheritAttrs: false,
  emits: ["update:value", "typed", "load", "look"],
  props: {
    ...{ id: String, label: String, value: String, word: String, options: Array, search: Boolean, fresh: Boolean, remote: Boolean, open: Boolean },
    ...{ noun: String, blank: String, typed: String, reset: Number, readonly: Boolean, error: Boolean, errorMessage: String },
  },

  data: () => ({ text: "", held: null, dirty: false, wrong: "", isOpen: false, at: -1, fetched: null, isAsked: false, waits: "", more: false, isBehind: false }),

  created() {
    this.adopt();
  },

  beforeUnmount() {
    this.hide();
    clearTimeout(this.pause);
    const { props } = mounted_app.elements[this.id.slice(1)] ?? {}; // NiceGUI makes it anew from what stands there
    if (props) Object.assign(props, { value: this.held, word: this.wordOf(this.held), typed: this.dirty ? this.text : "" });
  },

  watch: {
    reset() {
      if (this.dirty && !this.wrong && this.isFocused()) {
        this.held = this.value; // somebody is at it: Escape brings this back
        this.$emit("typed", this.text);
      } else this.adopt();
    },
    options() {
      if (!this.dirty) this.text = this.wordOf(this.held);
    },
  },

  computed: {
    list() {
      return (this.fetched ?? this.options).map(known);
    },
    shown() {
      return this.dirty && this.search ? ranked(this.list, this.text).map((each) => each.option) : this.list;
    },
  },

  methods: {
    input() {
      return this.$el?.querySelector?.("input");
    },
    isFocused() {
      return document.activeElement === this.input();
    },
    focus() {
      this.input().focus();
    },
    wordOf(key) {
      return this.list.find((option) => option.key === key)?.label ?? (key && key === this.value ? this.word : "");
    },

    /** Show what the server says: an option, or what somebody had typed, which is looked for anew. */
    adopt() {
      this.held = this.value;
      this.wrong = "";
      this.dirty = Boolean(this.typed);
      this.text = this.typed || this.wordOf(this.held);
      if (this.dirty) this.commit("leave");
    },

    // options ---------------------------------------------------------------------------------------------------------

    load() {
      if (!this.search || this.isAsked) return;
      this.isAsked = true;
      this.$emit("load");
    },
    /** Ask the server for what has the typed text in it, after a short rest. */
    look() {
      if (!this.remote) return;
      this.isBehind = true;
      clearTimeout(this.pause);
      this.pause = setTimeout(() => this.$emit("look", this.text), 150);
    },
    receive(options, more = false, typed = "") {
      if (this.remote && typed !== (this.dirty ? this.text : "")) return; // another answer is on its way
      Object.assign(this, { more, isBehind: false });
      this.fetched = markRaw(options);
      this.at = this.begin();
      const how = this.waits;
      this.waits = "";
      if (how) this.commit(how);
      else if (this.isOpen) this.$nextTick(this.place);
    },
    begin() {
      if (!this.dirty || !this.search) return this.shown.findIndex((option) => option.key === this.held);
      return meant(this.list, this.text, true, this.open).option ? 0 : -1;
    },

    // choosing --------------------------------------------------------------------------------------------------------

    hold(key, label) {
      Object.assign(this, { held: key, text: label, dirty: false, wrong: "", waits: "", isBehind: false });
      if (this.remote) this.isAsked = false; // the list begins anew
      this.hide();
      this.$emit("update:value", { key, reset: this.reset });
      this.input()?.dispatchEvent(new CustomEvent("held", { bubbles: true }));
    },

    /** Take what is meant by what was typed; `how` is "key", or "leave" where nobody has pressed one. */
    commit(how) {
      if (!this.dirty) return;
      if (!this.text.trim()) return this.hold(this.blank ?? null, this.wordOf(this.blank ?? null));
      if (this.search && (!this.fetched || this.isBehind)) {
        this.waits = how;
        return this.load();
      }
      const { option, several } = meant(this.list, this.text, how === "key", this.open);
      if (option) return this.hold(option.key, option.label);
      const typed = this.text.trim();
      if (this.open && !several) return this.hold(typed, typed); // the server says what it has against it
      this.wrong = several ? `Several are called like “${typed}”. Choose one.` : `No ${this.noun} is called “${typed}”.`;
      this.hide();
      this.$emit("typed", this.text);
    },
    take() {
      const option = this.shown[this.at];
      if (this.dirty && (!option || (this.at === this.begin() && !this.open))) this.commit("key");
      else if (option) this.hold(option.key, option.label);
    },
    giveUp() {
      if (this.dirty) this.$emit("typed", "");
      Object.assign(this, { text: this.wordOf(this.held), dirty: false, wrong: "", waits: "", isBehind: false });
      if (this.remote) this.isAsked = false;
      this.hide();
      this.$nextTick(() => this.input().select());
    },

    // the list --------------------------------------------------------------------------------------------------------

    show() {
      if (this.readonly) return;
      this.load();
      this.at = this.begin();
      if (this.isOpen) return;
      this.isOpen = true;
      window.addEventListener("scroll", this.place, true);
      window.visualViewport.addEventListener("resize", this.reveal);
      this.$nextTick(this.reveal);
    },
    hide() {
      if (!this.isOpen) return;
      this.isOpen = false;
      window.removeEventListener("scroll", this.place, true);
      window.visualViewport.removeEventListener("resize", this.reveal);
    },

    /** Bring the field to where its list has room, also when a keyboard has come up on the screen. */
    reveal() {
      const { top, bottom } = this.$el.getBoundingClientRect();
      const { height, offsetTop } = window.visualViewport;
      const isSeen = top >= offsetTop && bottom <= offsetTop + height;
      if (!isSeen || Math.max(top - offsetTop, offsetTop + height - bottom) < 200) this.$el.scrollIntoView({ block: "start" });
      this.place();
    },

    /** Put the list below the field, or above it where there is more room, within what a keyboard on the screen leaves. */
    place() {
      const list = this.$refs.list;
      if (!list) return;
      if (!list.matches(":popover-open")) list.showPopover();
      const box = this.$el.querySelector(".q-field__control").getBoundingClientRect();
      const { height, offsetTop } = window.visualViewport;
      const below = offsetTop + height - box.bottom - 12;
      const above = box.top - offsetTop - 12;
      const isBelow = below >= Math.min(list.scrollHeight, 200) || below >= above;
      const width = Math.max(box.width, Math.min(240, innerWidth - 24));
      list.style.width = `${width}px`;
      list.style.left = `${Math.max(12, Math.min(box.left, innerWidth - width - 12))}px`;
      list.style.maxHeight = `${Math.max(96, Math.min(320, isBelow ? below : above))}px`;
      list.style.top = isBelow ? `${box.bottom + 4}px` : "auto";
      list.style.bottom = isBelow ? "auto" : `${innerHeight - box.top + 4}px`;
      list.children[this.at]?.scrollIntoView({ block: "nearest" });
    },
    step(by) {
      if (!this.isOpen) return this.show();
      const count = this.shown.length;
      if (count) this.at = (Math.max(this.at, by < 0 ? 0 : -1) + by + count) % count;
      this.$nextTick(() => this.$refs.list?.children[this.at]?.scrollIntoView({ block: "nearest" }));
    },
    jump(letter) {
      this.show();
      const at = this.list.findIndex((option, index) => index > this.at && fold(option.label).startsWith(fold(letter)));
      this.at = at >= 0 ? at : this.list.findIndex((option) => fold(option.label).startsWith(fold(letter)));
    },

    // what people and browsers do -------------------------------------------------------------------------------------

    onInput(event) {
      this.text = event.target.value;
      this.wrong = "";
      if (!this.dirty) this.$emit("typed", this.text || " "); // it is not what is held any more
      this.dirty = true;
      this.look();
      const isTyped = event instanceof InputEvent && event.inputType !== "insertReplacementText";
      if (isTyped && this.isFocused()) return this.show();
      if (!this.isFocused()) this.commit("leave"); // a browser's autofill
      else if (!this.fetched || meant(this.list, this.text, false, this.open).option) this.commit("leave");
      else this.show();
    },
    onChange(event) {
      if (event.target.value !== this.text) return this.onInput(event); // some programs say no more than this
      if (!this.isFocused()) this.commit("leave");
    },
    onFocusout() {
      if (this.isFocused()) return; // somebody looks into another window
      this.commit("leave");
      this.hide();
    },
    onFocusin() {
      if (this.fresh) this.isAsked = false;
      if (!this.readonly) this.load();
    },
    onClick({ target }) {
      if (target !== this.input()) return; // a label's click comes to its input as well
      if (this.isOpen && !this.search) return this.hide();
      this.show();
      if (this.search && !this.dirty) target.select();
    },
    onKeydown(event) {
      const { key, isComposing, ctrlKey, metaKey, altKey } = event;
      if (isComposing || this.readonly || ctrlKey || metaKey) return;
      const isActive = this.isOpen && this.at >= 0;
      if (key === "ArrowDown" || key === "ArrowUp") this.step(key === "ArrowDown" ? 1 : -1);
      else if (key === "Tab") return this.dirty || (isActive && this.shown[this.at].key !== this.held) ? this.take() : undefined;
      else if (key === "Enter") this.dirty || isActive ? this.take() : this.show();
      else if (key === "Escape") {
        if (!this.isOpen && !this.dirty) return;
        this.giveUp();
        event.stopPropagation(); // the dialog around it stays
      } else if (this.search || altKey || key.length > 1) return;
      else if (key === " ") isActive ? this.take() : this.show();
      else this.jump(key);
      event.preventDefault();
    },
  },

  render() {
    const { id, text, isOpen, at, shown } = this;
    const { class: look, ...attrs } = this.$attrs;
    const active = isOpen && shown[at] ? `${id}-${at}` : undefined;
    const input = h(
      resolveComponent("q-input"),
      {
        ...{ autocomplete: "off", autocapitalize: "none", autocorrect: "off", spellcheck: "false", dir: "auto" },
        ...attrs,
        ...{ for: id, type: "text", modelValue: text, label: this.label, readonly: this.readonly || !this.search },
        ...{ error: Boolean(this.wrong || this.error), errorMessage: this.wrong || this.errorMessage },
        "data-held": this.dirty ? undefined : (this.held ?? ""),
        ...{ role: "combobox", "aria-haspopup": "listbox", "aria-expanded": String(isOpen), "aria-activedescendant": active },
        ...{ "aria-autocomplete": this.search ? "list" : "none", "aria-controls": isOpen ? `${id}-lb` : undefined },
      },
      { append: () => h("span", { class: "choice-arrow", "aria-hidden": "true" }) },
    );
    const option = ({ key, label }, index) =>
      h(
        "li",
        {
          ...{ key, id: `${id}-${index}`, role: "option", "aria-selected": String(key === this.held), dir: "auto" },
          ...{ class: { "choice-option": true, "choice-active": index === at }, onClick: () => this.hold(key, label) },
        },
        label,
      );
    const remark = (text) =>
      h("li", { class: "choice-option muted", role: "option", "aria-disabled": "true", "aria-selected": "false" }, [text]);
    const nothing = () => remark(this.search && (!this.fetched || this.isBehind) ? "One moment…" : "Nothing found");
    const list = () =>
      h(
        "ul",
        {
          ...{ ref: "list", id: `${id}-lb`, class: "choice-list", role: "listbox", popover: "manual" },
          ...{ "aria-label": this.label, onMousedown: (event) => event.preventDefault() }, // the field keeps the focus
        },
        shown.length ? [...shown.map(option), this.more ? remark("And more: go on typing") : null] : nothing(),
      );
    const { onInput, onChange, onFocusin, onFocusout, onClick, onKeydown } = this;
    const heard = { onInput, onChange, onFocusin, onFocusout, onClick, onKeydown };
    return h("div", { class: ["choice", look, { "choice-closed": this.readonly }], ...heard }, [input, isOpen ? list() : null]);
  },
};
