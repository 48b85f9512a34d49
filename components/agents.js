// Parts of the screens of an agent, each drawn from what the server says of it in its props, and from nothing else: what is
// typed to try it is the browser's alone until it is sent.

import { h, nextTick, resolveComponent } from "vue";

const LONGEST = 2000; // characters of a question

const line = (text, look = "muted") => (text ? h("p", { class: look }, text) : null);

const told = (items) => h("dl", { class: "differences" }, items.map(([label, words]) => h("div", { key: label }, [h("dt", label), h("dd", { dir: "auto" }, words)])));

const source = ({ name, place, text }, at) =>
  h("details", { key: at, class: "trial-source" }, [
    h("summary", [h("bdi", name), place ? h("span", { class: "muted" }, " · " + place) : null]),
    h("p", { dir: "auto" }, text),
  ]);

const said = ({ id, role, text, sources, offers, why }) =>
  h("div", { key: id, class: "trial-line trial-" + role }, [
    h("span", { class: "unseen" }, role === "you" ? "You: " : ""),
    h("p", { class: "trial-text", dir: "auto" }, text),
    sources.length ? h("div", { class: "trial-sources" }, [h("span", { class: "muted" }, sources.length === 1 ? "Source" : "Sources"), ...sources.map(source)]) : null,
    offers ? h("p", { class: "muted trial-why" }, offers) : null,
    why ? h("p", { class: "muted trial-why" }, why) : null,
  ]);

const kinds = {
  // What the draft says, as visitors would read it.
  trial(part) {
    const head = h("header", { class: "trial-head", style: { background: part.color, color: part.ink } }, [h("h2", { id: part.$attrs.id + "-title", class: "trial-name", dir: "auto" }, part.name)]);
    const offered = part.lines.length ? [] : part.items.map((text) => h("button", { key: text, type: "button", class: "trial-suggestion", onClick: () => part.ask(text) }, h("bdi", text)));
    const field = {
      id: part.$attrs.id + "-question", class: "trial-box", rows: 1, dir: "auto", value: part.typed, placeholder: "Ask a question", "aria-label": "Question", "aria-required": "true", autocomplete: "off",
      onInput: (event) => (part.typed = event.target.value),
      onKeydown(event) {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        part.ask(part.typed);
      },
    };
    const length = Array.from(part.typed.trim()).length;
    return h("section", { class: "trial", "aria-labelledby": part.$attrs.id + "-title" }, [
      head,
      h("p", { class: "trial-note muted" }, part.sentence),
      h("div", { class: "trial-log", role: "log", tabindex: 0, "aria-label": "Trial of the agent", ref: "log" }, [
        part.title ? h("div", { class: "trial-line trial-agent" }, h("p", { class: "trial-text", dir: "auto" }, part.title)) : null,
        part.lines.map(said),
      ]),
      offered.length ? h("div", { class: "trial-suggestions", role: "group", "aria-label": "Suggested questions" }, offered) : null,
      length > LONGEST ? h("p", { class: "trial-note trial-long", role: "status" }, `A question has at most 2,000 characters. This one has ${length.toLocaleString("en")}.`) : null,
      h("form", { class: "trial-form", onSubmit: (event) => (event.preventDefault(), part.ask(part.typed)) }, [
        h("textarea", field),
        h(resolveComponent("q-btn"), { class: "button", type: "submit", label: "Ask", disable: !length || length > LONGEST || part.waiting }),
      ]),
      part.lines.length ? h("button", { type: "button", class: "link-button trial-anew", onClick: () => part.anew() }, "Start anew") : null,
    ]);
  },

  differences: (part) => (part.items.length ? told(part.items) : null),

  versions: (part) =>
    h("ol", { class: "versions", reversed: true }, part.items.map(({ number, word, note, who, at, differences, offer }) =>
      h("li", { key: number, class: "version" }, [
        h("p", { class: "version-head" }, [
          h("span", { class: "version-number" }, `Version ${number}`),
          word ? h("span", { class: "chip chip-accent" }, word) : null,
          h("span", { class: "muted version-when" }, [h("bdi", who), " · ", h("time", { datetime: at })]),
        ]),
        note ? h("p", { dir: "auto" }, note) : null,
        differences.length ? h("details", { class: "version-more" }, [h("summary", differences.length === 1 ? "1 difference" : `${differences.length} differences`), told(differences)]) : null,
        offer ? h(resolveComponent("q-btn"), { class: "button version-again", label: "Use again", "aria-label": `Use version ${number} again`, onClick: () => part.$emit("again", number) }) : null,
      ]),
    )),

  // A text to copy, word for word.
  copied: (part) => [
    h("pre", { class: "copied", tabindex: 0, "aria-label": part.title }, h("code", part.sentence)),
    h(resolveComponent("q-btn"), { class: "button", label: "Copy", "aria-label": "Copy the " + part.word, "data-copy": part.sentence }),
  ],

  seen: (part) => [
    part.items.length ? h("ul", { class: "seen" }, part.items.map(([site, at]) => h("li", { key: site }, [h("bdi", site), h("span", { class: "muted" }, ["seen ", h("time", { datetime: at })])]))) : null,
    line(part.sentence),
  ],

  links: (part) => h("ul", { class: "seen" }, part.items.map(([label, address, words]) =>
    h("li", { key: address }, [h("a", { class: "link", href: address, target: "_blank", rel: "noopener" }, label), h("span", { class: "muted" }, words)]))),
};

export default {
  props: "kind title sentence word name color ink items lines".split(" "),
  emits: ["ask", "anew", "again"],
  data: () => ({ typed: "", waiting: false, shown: null }),
  watch: {
    lines() {
      this.waiting = false;
      nextTick(() => this.$refs.log?.scrollTo({ top: this.$refs.log.scrollHeight }));
    },
  },
  methods: {
    ask(text) {
      const length = Array.from(text.trim()).length;
      if (this.waiting || !length || length > LONGEST) return;
      this.waiting = true;
      this.typed = "";
      this.$emit("ask", text);
    },
    anew() {
      this.$emit("anew");
      document.getElementById(this.$attrs.id + "-question")?.focus();
    },
  },
  render() {
    return kinds[this.kind](this);
  },
};
