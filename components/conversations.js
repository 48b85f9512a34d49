// Conversations in three panes: the list, what was said, and who says it. All of it is drawn from what the server says; what
// somebody is writing is the browser's alone, kept by conversation: nothing that comes touches it.

import { h, nextTick } from "vue";

const PATIENCE = 15000; // milliseconds until it is said that no answer has come
const TYPING_EVERY = 2000; // milliseconds between two words to the server that somebody is typing
const TYPING_STAYS = 5000; // milliseconds that it is said of the other side
const LONGEST = 2000; // characters of a message
const REST = 250; // milliseconds after which what was typed into a box that looks for something counts
const NEAR = 40; // pixels from the end of the messages that still count as being there

const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (it) => it.toString(16).padStart(2, "0")).join("");

const storage = (act) => {
  try {
    return act(sessionStorage);
  } catch {
    return null; // where a browser keeps nothing, a draft lives as long as the page
  }
};

const button = (label, onClick, more = {}) => h("button", { type: "button", class: "inbox-button", onClick, ...more }, label);

const tidy = ({ title, icon, onClick, ...more }) =>
  h("button", { type: "button", class: "inbox-icon", "data-icon": icon, "aria-label": title, title, onClick, ...more });

const BOX = { class: "inbox-input", dir: "auto", autocomplete: "off" }; // what stands in every box

const time = (at, more) => h("time", { class: "muted", datetime: at, ...more });

const mark = (tone, word) => (word ? h("span", { class: `badge tone-${tone}` }, word) : null);

// A source of an answer, as it was; `gone` where it is not in the knowledge any more.
const source = (it, key) =>
  h("details", { key, class: "inbox-source" }, [
    h("summary", [h("bdi", it.name), it.place ? h("span", { class: "muted" }, " · " + it.place) : null, it.gone ? h("span", { class: "muted" }, " · no longer in the knowledge") : null]),
    h("p", { dir: "auto" }, it.text),
  ]);

export default {
  props: "kept may why path labels views counts view tag tags rows total more nothing chosen head lines earlier seen person edition".split(" "),
  emits: ["ask"],
  data: () => ({ mode: "reply", typed: { reply: "", note: "" }, pending: [], problem: "", typing: "", looked: "", pane: "list", picker: null, below: false, unfolded: false }),

  created() {
    this.heard = 0; // the last message that the server was told is read
    this.saidTyping = 0;
  },
  mounted() {
    document.body.classList.add("in-inbox");
    this.onVisible = () => this.tellRead();
    this.onConnect = () => this.pending.forEach((it) => this.send(it));
    document.addEventListener("visibilitychange", this.onVisible);
    this.listen();
    this.pane = this.chosen ? "talk" : "list";
    this.recall();
    [this.firstDrawn, this.lastDrawn, this.drawnOf] = [this.lines[0]?.seq, this.lines.at(-1)?.seq, this.chosen];
    this.toEnd();
    this.tellRead();
  },
  beforeUnmount() {
    document.body.classList.remove("in-inbox");
    document.removeEventListener("visibilitychange", this.onVisible);
    this.socket?.off("connect", this.onConnect);
  },
  beforeUpdate() {
    const log = this.$refs.log;
    this.before = log ? { height: log.scrollHeight, top: log.scrollTop, atEnd: this.atEnd(), first: this.firstDrawn, last: this.lastDrawn } : null;
  },
  updated() {
    const log = this.$refs.log;
    const [first, last] = [this.lines[0]?.seq, this.lines.at(-1)?.seq];
    if (log && this.before && this.drawnOf === this.chosen) {
      if (first < this.before.first) log.scrollTop = this.before.top + log.scrollHeight - this.before.height;
      else if (last !== this.before.last) this.before.atEnd ? this.toEnd() : (this.below = true);
      else if (this.before.atEnd) this.toEnd();
    }
    [this.firstDrawn, this.lastDrawn, this.drawnOf] = [first, last, this.chosen];
    this.listen();
    this.tellRead();
  },
  watch: {
    chosen() {
      this.typing = this.problem = "";
      this.below = false;
      this.picker = null;
      this.heard = 0;
      this.recall();
      nextTick(() => this.toEnd());
    },
    lines(now, before) {
      if (now.at(-1)?.seq !== before.at(-1)?.seq && now.at(-1)?.role === "visitor") this.hears(""); // it is said by now
    },
  },

  methods: {
    // What the server says. -----------------------------------------------------------------------------------------------

    // Takes what is different from an edition: values, of facts by their names those, and of lists pieces as grid.py says them.
    change(edition, values, lists) {
      const { props } = this.$root.elements[this.$attrs.id.slice(1)];
      if (props.edition !== edition) return;
      for (const [name, pieces] of Object.entries(lists)) {
        props[name] = pieces.flatMap((piece) => (Array.isArray(piece) ? props[name].slice(...piece) : piece));
      }
      for (const [name, value] of Object.entries(values)) {
        const isPart = value && props[name] && typeof value === "object" && !Array.isArray(value);
        props[name] = isPart ? { ...props[name], ...value } : value;
      }
      props.edition += 1;
    },
    opened(id, path) {
      history.replaceState({ page: path }, "", path);
      this.pane = id ? "talk" : "list";
      nextTick(() => {
        if (this.isNarrow()) this.$refs[id ? "title" : "search"]?.focus();
        else if (id) (this.$refs.box ?? this.$refs.title)?.focus();
      });
    },
    said(key) {
      const sent = this.pending.find((it) => it.key === key);
      this.pending = this.pending.filter((it) => it !== sent);
      if (sent && sent.id !== this.chosen) this.write(sent.id, this.draftWithout(sent));
      const { again } = this;
      if (again?.key === key && again.id === this.chosen && this.typed[again.mode] === again.text) this.typed[again.mode] = "";
      this.keep();
    },
    // What could not be said comes back to where it was written, before what was written there since.
    refused(key, sentence) {
      const back = this.pending.find((it) => it.key === key);
      if (!back) return;
      this.pending = this.pending.filter((it) => it !== back);
      this.again = back; // sent again as it is, it is the same message
      const join = (later) => (later ? `${back.text}\n${later}` : back.text);
      if (back.id === this.chosen) {
        this.typed[back.mode] = join(this.typed[back.mode]);
        this.problem = sentence;
      } else {
        const draft = this.draftWithout(back);
        this.write(back.id, { ...draft, [back.mode]: join(draft[back.mode]) });
      }
      this.keep();
    },
    hears(name) {
      this.typing = name;
      clearTimeout(this.quiet);
      if (name) this.quiet = setTimeout(() => (this.typing = ""), TYPING_STAYS);
    },
    offered(typed, replies) {
      if (this.picker && this.picker.typed === typed) this.picker.replies = replies;
    },

    // There is no socket yet when the screen comes with its page.
    listen() {
      if (!window.socket || this.socket === window.socket) return;
      this.socket = window.socket;
      this.socket.on("connect", this.onConnect);
    },

    // What is written and not sent. -----------------------------------------------------------------------------------------

    draftOf(id) {
      return JSON.parse(storage((it) => it.getItem(`reply:${this.kept}:${id}`)) ?? "null") ?? {};
    },
    // What was said, or has come back, is not sent again when its conversation is opened the next time.
    draftWithout({ id, key }) {
      const draft = this.draftOf(id);
      return { ...draft, pending: draft.pending?.filter((it) => it.key !== key) };
    },
    write(id, draft) {
      const key = `reply:${this.kept}:${id}`;
      const isEmpty = !draft.reply && !draft.note && !draft.pending?.length;
      storage((it) => (isEmpty ? it.removeItem(key) : it.setItem(key, JSON.stringify(draft))));
    },
    keep() {
      if (!this.chosen) return;
      const pending = this.pending.filter((it) => it.id === this.chosen);
      this.write(this.chosen, { ...this.typed, mode: this.mode, pending });
    },
    recall() {
      const { reply = "", note = "", mode = "reply", pending = [] } = this.chosen ? this.draftOf(this.chosen) : {};
      this.typed = { reply, note };
      this.mode = mode;
      const known = new Set(this.pending.map((it) => it.key));
      for (const it of pending.filter((it) => !known.has(it.key))) this.send(this.add(it));
    },
    add(it) {
      this.pending.push(it);
      return it;
    },
    writeOn(text) {
      this.typed[this.mode] = text;
      this.problem = "";
      this.keep();
      if (this.mode === "reply" && text === "/" && !this.picker) return this.pick();
      if (this.mode !== "reply" || !text || Date.now() - this.saidTyping < TYPING_EVERY) return;
      this.saidTyping = Date.now();
      this.ask("typing", this.chosen);
    },
    submit() {
      const text = this.typed[this.mode].trim();
      if (!text || !this.may) return;
      if ([...text].length > LONGEST) return void (this.problem = `The message is too long. Use at most ${LONGEST} characters.`);
      const { again, chosen: id, mode } = this;
      const isAgain = again && again.id === id && again.mode === mode && again.text === text;
      const it = this.add({ id, key: isAgain ? again.key : fresh(), text, mode });
      this.typed[this.mode] = "";
      this.keep();
      this.send(it);
      nextTick(() => this.toEnd());
    },
    send({ id, key, text, mode }) {
      this.ask("say", { id, key, text, note: mode === "note" });
      const wait = () => setTimeout(() => {
        if (!this.pending.some((it) => it.key === key)) return;
        if (!window.socket?.connected) wait(); // it goes out with the connection
        else this.refused(key, "No answer has come. Send it again: it arrives once.");
      }, PATIENCE);
      wait();
    },

    // What somebody does. -----------------------------------------------------------------------------------------------------

    ask(name, value = null) {
      this.$emit("ask", [name, value]);
    },
    act(name) {
      this.ask("act", { id: this.chosen, name });
    },
    tellRead() {
      const last = this.lines.at(-1)?.seq ?? 0;
      const isBehind = this.isNarrow() && this.pane === "list"; // the list is all that there is room for
      if (!this.chosen || last <= this.heard || isBehind || document.visibilityState !== "visible") return;
      this.heard = last;
      this.ask("read", { id: this.chosen, seq: last });
    },
    atEnd() {
      const log = this.$refs.log;
      return !log || log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
    },
    toEnd() {
      const log = this.$refs.log;
      if (log) log.scrollTop = log.scrollHeight;
      this.below = false;
    },
    isNarrow: () => matchMedia("(max-width: 699px)").matches,
    back() {
      this.pane = "list";
      nextTick(() => this.toRow(this.chosen));
    },
    toRow(id) {
      const rows = [...this.$el.querySelectorAll(".inbox-row")];
      (rows.find((it) => it.dataset.id === id) ?? rows[0] ?? this.$refs.search)?.focus();
    },
    // One row of the list is reached by Tab, the others by arrows.
    step(event) {
      const rows = [...event.currentTarget.querySelectorAll(".inbox-row")];
      const at = rows.indexOf(document.activeElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
      if (to === undefined || at < 0) return;
      event.preventDefault();
      rows[Math.max(0, Math.min(to, rows.length - 1))].focus();
    },
    inBox(event) {
      if (event.isComposing) return;
      const isLine = event.shiftKey || event.altKey || matchMedia("(pointer: coarse)").matches;
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey || !isLine)) {
        event.preventDefault();
        this.submit();
      } else if (event.key === "Escape") {
        event.preventDefault();
        this.back();
      }
    },
    pick() {
      this.picker = this.picker ? null : { typed: "", replies: null };
      if (!this.picker) return;
      this.ask("replies", "");
      nextTick(() => this.$refs.find?.focus());
    },
    find(typed) {
      this.picker.typed = typed.slice(0, 200);
      this.rest(() => this.picker && this.ask("replies", this.picker.typed));
    },
    look(text) {
      this.looked = text.slice(0, 200);
      this.rest(() => this.ask("search", this.looked));
    },
    rest(act) {
      clearTimeout(this.resting);
      this.resting = setTimeout(act, REST);
    },
    leavePicker() {
      this.picker = null;
      nextTick(() => this.$refs.box?.focus());
    },
    insert(text) {
      const box = this.$refs.box;
      const before = this.typed.reply === "/" ? "" : this.typed.reply;
      const at = before && box ? box.selectionStart : before.length;
      this.typed.reply = before.slice(0, at) + text + before.slice(at);
      this.keep();
      this.leavePicker();
    },

    // How it looks. -----------------------------------------------------------------------------------------------------------

    list() {
      const tabbed = this.rows.some((it) => it.id === this.chosen) ? this.chosen : this.rows[0]?.id;
      const filters = h("div", { class: "inbox-filters", role: "search", "aria-label": "Find conversations" }, [
        h("input", { ref: "search", type: "search", ...BOX, "aria-label": "Search conversations", placeholder: "Search", spellcheck: "false", value: this.looked, onInput: (event) => this.look(event.target.value) }),
        this.tags.length || this.tag
          ? h("select", { ...BOX, "aria-label": "Tag", value: this.tag, onChange: (event) => this.ask("tag", event.target.value) }, [h("option", { value: "" }, "All tags"), this.tags.map((tag) => h("option", { key: tag, value: tag, selected: tag === this.tag }, tag))])
          : null,
      ]);
      const views = h("div", { class: "inbox-views", role: "group", "aria-label": "Which conversations" }, this.views.map(([key, label], at) =>
        h("button", { key, type: "button", class: "inbox-view", "aria-pressed": String(key === this.view), onClick: () => this.ask("view", key) }, [label, this.counts[at] === null ? null : h("span", { class: "inbox-count" }, this.counts[at])]),
      ));
      const rows = h("ul", { class: "inbox-rows", "aria-label": "Conversations", onKeydown: this.step }, this.rows.map((row) => h("li", { key: row.id }, [this.row(row, tabbed)])));
      const tail = [
        this.rows.length ? null : h("p", { class: "muted inbox-none" }, this.nothing),
        this.more ? button(`Show more (${this.rows.length} of ${this.total})`, () => this.ask("more"), { class: "inbox-button inbox-more" }) : null,
      ];
      return h("section", { class: "inbox-list", "aria-label": "List" }, [views, filters, h("div", { class: "inbox-scroll" }, [rows, tail])]);
    },
    row(row, tabbed) {
      return h("button", { type: "button", class: "inbox-row", "data-id": row.id, "aria-current": row.id === this.chosen ? "true" : null, tabindex: row.id === tabbed ? 0 : -1, onClick: () => (row.id === this.chosen ? this.opened(row.id, `${this.path}/${row.id}`) : this.ask("choose", row.id)) }, [
        h("span", { class: "inbox-row-head" }, [h("bdi", { class: row.fresh ? "inbox-name inbox-fresh" : "inbox-name" }, row.name), row.fresh ? h("span", { class: "unseen" }, "New. ") : null, time(row.at)]),
        h("span", { class: "inbox-row-text muted" }, [row.from ? row.from + ": " : null, h("bdi", row.text)]),
        row.word || row.tags ? h("span", { class: "inbox-row-foot" }, [mark(row.tone, row.word), row.tags ? h("bdi", { class: "muted" }, row.tags) : null]) : null,
      ]);
    },
    talk() {
      const back = tidy({ title: "Back to the list", icon: "arrow-left", class: "inbox-icon inbox-back", onClick: this.back });
      if (!this.head) {
        const none = h("p", { class: "muted inbox-none" }, this.chosen ? "This conversation is no longer here." : "Choose a conversation to read it.");
        return h("section", { class: "inbox-talk", "aria-label": "Conversation" }, this.chosen ? [h("div", { class: "inbox-gone" }, [back, none])] : [none]);
      }
      const { name, word, tone, since, acts, note } = this.head;
      const [first, ...others] = acts.map((it) => [it, ...this.labels[it]]);
      const top = h("header", { class: "inbox-head" }, [
        back,
        h("div", { class: "inbox-who" }, [h("h2", { ref: "title", tabindex: -1, class: "card-title" }, [h("bdi", name)]), h("p", { class: "muted" }, [mark(tone, word), since ? [" ", time(since, { "data-span": "" })] : null])]),
        h("div", { class: "inbox-acts" }, [
          others.map(([key, label, title]) => button(label, () => this.act(key), { key, title })),
          first ? button(first[1], () => this.act(first[0]), { key: first[0], title: first[2], class: "inbox-button inbox-primary" }) : null,
          tidy({ ref: "unfold", title: "About the visitor", icon: "contact", class: "inbox-icon inbox-unfold", "aria-expanded": String(this.unfolded), onClick: () => (this.unfolded = !this.unfolded) }),
        ]),
      ]);
      const log = h("div", { ref: "log", class: "inbox-log", role: "log", tabindex: 0, "aria-label": "Messages", onScroll: () => this.atEnd() && (this.below = false) }, [
        this.earlier ? button("Show earlier messages", () => this.ask("earlier", this.chosen), { class: "inbox-button inbox-more" }) : null,
        this.lines.map((line, at) => this.line(line, this.lines[at - 1])),
        this.pending.filter((it) => it.id === this.chosen).map((it) => h("div", { key: it.key, class: `inbox-line of-${it.mode === "note" ? "note" : "member"} inbox-pending` }, [h("p", { class: "inbox-text", dir: "auto" }, it.text), h("p", { class: "muted inbox-meta" }, "Sending…")])),
      ]);
      const below = this.below ? button("New messages", this.toEnd, { class: "inbox-button inbox-below" }) : null;
      const hears = h("p", { class: "muted inbox-typing", role: "status" }, this.typing ? [h("bdi", this.typing), " is typing…"] : null);
      return h("section", { class: "inbox-talk", "aria-label": "Conversation" }, [top, note ? h("p", { class: "inbox-note" }, [h("bdi", note), ` has this conversation.${this.may ? " You can read along and write notes, or assign it to yourself." : ""}`]) : null, h("div", { class: "inbox-middle" }, [log, below]), hears, this.composer()]);
    },
    line(line, before) {
      if (line.role === "event") return h("p", { key: line.seq, class: "muted inbox-event" }, [h("bdi", line.text), " ", time(line.at)]);
      const isNew = before?.role !== line.role || before?.who !== line.who || before?.at.slice(0, 16) !== line.at.slice(0, 16);
      return h("div", { key: line.seq, class: `inbox-line of-${line.role}` }, [
        isNew ? h("p", { class: "muted inbox-meta" }, [h("bdi", line.who), " ", time(line.at)]) : null,
        h("p", { class: "inbox-text", dir: "auto" }, line.text),
        line.sources?.map(source),
        line.note ? h("p", { class: "muted inbox-meta" }, line.note) : null,
        line.role === "member" && line.seq === this.seen ? h("p", { class: "muted inbox-meta" }, "Read by the visitor") : null,
      ]);
    },
    composer() {
      if (!this.may) return h("div", { class: "inbox-composer" }, [h("p", { class: "muted" }, this.why)]);
      const modes = [["reply", "Reply"], ["note", "Note"]].map(([mode, label]) =>
        h("button", { key: mode, type: "button", class: "inbox-view", "aria-pressed": String(mode === this.mode), onClick: () => ((this.mode = mode), (this.picker = null), this.keep(), nextTick(() => this.$refs.box?.focus())) }, label),
      );
      const isNote = this.mode === "note";
      const form = h("form", { onSubmit: (event) => (event.preventDefault(), this.submit()) }, [
        h("div", { class: "inbox-views", role: "group", "aria-label": "What to write" }, modes),
        h("textarea", { ref: "box", ...BOX, rows: 3, "aria-required": "true", "aria-label": isNote ? "Note" : "Reply", placeholder: isNote ? "Only your team reads this" : this.head.hint, value: this.typed[this.mode], onInput: (event) => this.writeOn(event.target.value), onKeydown: this.inBox }),
        h("p", { class: "field-error", role: "alert" }, this.problem),
        h("div", { class: "inbox-send" }, [
          isNote ? null : button("Canned replies", this.pick, { "aria-expanded": String(Boolean(this.picker)) }),
          h("button", { type: "submit", class: "inbox-button inbox-primary", "aria-disabled": this.typed[this.mode].trim() ? null : "true" }, isNote ? "Add note" : "Send"),
        ]),
      ]);
      return h("div", { class: isNote ? "inbox-composer is-note" : "inbox-composer" }, [this.picker ? this.drawPicker() : null, form]);
    },
    drawPicker() {
      const { typed, replies } = this.picker;
      const found = replies?.map(({ id, title, text }) => h("li", { key: id }, [h("button", { type: "button", class: "inbox-reply", onClick: () => this.insert(text) }, [h("bdi", title), h("bdi", { class: "muted" }, text)])]));
      const none = typed ? "No canned reply has these words." : "There are no canned replies yet.";
      return h("div", { class: "inbox-picker", role: "search", "aria-label": "Canned replies", onKeydown: (event) => event.key === "Escape" && (event.stopPropagation(), this.leavePicker()) }, [
        h("input", { ref: "find", type: "search", ...BOX, "aria-label": "Find a canned reply", placeholder: "Find a canned reply", value: typed, onInput: (event) => this.find(event.target.value), onKeydown: (event) => event.key === "Enter" && (event.preventDefault(), replies?.length && this.insert(replies[0].text)) }),
        replies?.length ? h("ul", found) : h("p", { class: "muted", role: "status" }, replies ? none : "Looking…"),
        h("a", { class: "link", href: `${this.path}/replies` }, "All canned replies"),
      ]);
    },
    about() {
      if (!this.person) return null;
      const { facts, tags, assignee, members, canDelete } = this.person;
      const tagged = h("ul", { class: "inbox-tags", "aria-label": "Tags" }, tags.map((tag) =>
        h("li", { key: tag, class: "chip" }, [h("bdi", tag), this.may ? tidy({ title: `Remove the tag ${tag}`, icon: "x", class: "inbox-icon inbox-untag", onClick: () => this.ask("untag", { id: this.chosen, tag }) }) : null]),
      ));
      const addTag = (event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        event.preventDefault();
        const tag = event.target.value.trim();
        if (tag) this.ask("tag_it", { id: this.chosen, tag });
        event.target.value = "";
      };
      const adding = this.may ? [h("input", { key: this.chosen, ...BOX, list: "inbox-known-tags", "aria-label": "Add a tag", placeholder: "Add a tag", onKeydown: addTag }), h("datalist", { id: "inbox-known-tags" }, this.tags.map((tag) => h("option", { key: tag, value: tag })))] : null;
      const options = [h("option", { value: "" }, "Nobody"), members.map(([id, name]) => h("option", { key: id, value: id, selected: id === assignee }, name))];
      const assign = ({ target }) => {
        this.ask("assign", { id: this.chosen, user: target.value });
        target.value = assignee; // until it is theirs: it may be refused
      };
      const assigning = this.may ? h("select", { key: `${this.chosen} ${assignee}`, ...BOX, "aria-label": "Assigned to", onChange: assign }, options) : h("p", members.find(([id]) => id === assignee)?.[1] ?? "Nobody");
      const fold = (event) => event.key === "Escape" && ((this.unfolded = false), this.$refs.unfold?.focus());
      return h("section", { class: this.unfolded ? "inbox-person unfolded" : "inbox-person", "aria-label": "About the visitor", onKeydown: fold }, [
        h("h2", { class: "card-title" }, "About the visitor"),
        h("dl", { class: "inbox-facts" }, facts.map(([label, value, at]) => h("div", { key: label }, [h("dt", { class: "muted" }, label), h("dd", at ? [time(at)] : [h("bdi", value)])]))),
        h("h3", { class: "inbox-label" }, "Assigned to"),
        assigning,
        h("h3", { class: "inbox-label" }, "Tags"),
        tagged,
        adding,
        canDelete ? button("Delete conversation", () => this.act("delete"), { class: "inbox-button inbox-danger" }) : null,
      ]);
    },
  },

  render() {
    return h("div", { class: `inbox at-${this.pane}` }, [this.list(), this.talk(), this.about()]);
  },
};
