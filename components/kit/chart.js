// A chart by day, and the same as a table: both are drawn from the same props and from nothing else. The library that draws
// (1.1 MB) is fetched when there is something to draw. It gets numbers and the words of days, and of its own options nothing
// comes from the server: names stand in elements of ours, as text.

import { h } from "vue";

const HUES = ["accent", "info", "warn", "muted"]; // the tokens of the series, in their order
const FONT = 12;

let library = null;

const load = () => import("nicegui-echart").then(({ echarts }) => (library = echarts), () => {});

const numbers = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });

// Tokens are light-dark(…): what they are here and now, only the style of an element says, and only that of a new one: with
// less motion everything that changes is in transition, and says what it was.
function colorsOf(element) {
  const of = (token) => {
    const probe = document.createElement("span");
    probe.style.color = `var(--${token})`;
    element.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
  return Object.fromEntries(["surface", "line", "control", "text", ...HUES].map((token) => [token, of(token)]));
}

const element = (tag, look, ...inside) => {
  const made = document.createElement(tag);
  made.className = look;
  made.append(...inside);
  return made;
};

// What is said of the day under the pointer. Made of elements: a text would be read as markup.
function saying({ days, series, totals }) {
  return ([{ dataIndex: at }]) => {
    const lines = series.map(({ name, words }, number) => {
      const swatch = element("span", `swatch swatch-${series.length > 1 ? HUES[number] : HUES[0]}`);
      const called = document.createElement("bdi");
      called.append(name);
      return element("div", "chart-line", swatch, called, element("span", "chart-value", words[at] || "–"));
    });
    const sum = totals.length ? [element("div", "chart-line", "In all", element("span", "chart-value", totals[at] || "–"))] : [];
    return element("div", "chart-said", element("div", "chart-day", days[at][1]), ...lines, ...sum);
  };
}

function optionsOf(part, colors) {
  const { days, series, scale } = part;
  const [size, unit] = scale;
  const font = { color: colors.muted, fontSize: FONT, fontFamily: getComputedStyle(document.body).fontFamily };
  const bars = series.map(({ values }, number) => ({
    type: "bar",
    id: `series-${number}`, // never a name: this library keeps things by it
    stack: "day",
    data: [...values],
    barCategoryGap: "24%",
    barMaxWidth: 28,
    itemStyle: { color: colors[HUES[number]], borderColor: colors.surface, borderWidth: series.length > 1 ? 0.5 : 0 },
    emphasis: { disabled: true },
  }));
  return {
    animation: false,
    grid: { left: 4, right: 4, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: {
      type: "category",
      data: days.map(([, , short]) => short),
      axisLabel: { ...font, hideOverlap: true },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colors.control } },
    },
    yAxis: {
      type: "value",
      minInterval: size,
      splitNumber: 4,
      axisLabel: { ...font, formatter: (value) => numbers.format(value / size) + unit },
      splitLine: { lineStyle: { color: colors.line } },
    },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow", shadowStyle: { color: colors.control, opacity: 0.12 } },
      confine: true,
      transitionDuration: 0,
      padding: 0,
      borderWidth: 0,
      backgroundColor: "transparent",
      extraCssText: "box-shadow: none;",
      formatter: saying(part),
    },
    series: bars,
  };
}

const cell = (tag, text, more) => h(tag, more, text);

function table({ title, days, series, totals }) {
  const heads = [["Day"], ...series.map(({ name }) => [h("bdi", name)]), ...(totals.length ? [["In all"]] : [])];
  const row = ([iso, day], at) =>
    h("tr", { key: iso }, [
      cell("th", day, { scope: "row" }),
      ...series.map(({ words }) => cell("td", words[at] || "–")),
      ...(totals.length ? [cell("td", totals[at] || "–")] : []),
    ]);
  return h("table", { class: "numbers" }, [
    h("caption", { class: "unseen" }, title),
    h("thead", h("tr", heads.map((inside) => cell("th", inside, { scope: "col" })))),
    h("tbody", days.map(row)),
  ]);
}

export default {
  props: ["title", "hint", "sentence", "nothing", "days", "series", "totals", "scale"],

  data: () => ({ isOpen: false }),

  mounted() {
    this.redraw = () => this.draw();
    this.bodyWatch = new MutationObserver(this.redraw); // the theme that somebody has chosen
    this.bodyWatch.observe(document.body, { attributeFilter: ["class"] });
    this.media = ["(prefers-color-scheme: dark)", "print"].map((query) => matchMedia(query));
    for (const each of this.media) each.addEventListener("change", this.redraw);
    this.draw();
  },

  updated() {
    this.draw();
  },

  beforeUnmount() {
    this.bodyWatch.disconnect();
    for (const each of this.media) each.removeEventListener("change", this.redraw);
    this.end();
    this.isGone = true;
  },

  methods: {
    async draw() {
      if (!this.$refs.chart) return this.end();
      if (!library) await load();
      if (!library) return void (this.isOpen = true); // the network has gone: the table is there
      const place = this.$refs.chart;
      if (this.isGone || !place) return;
      if (!this.chart) {
        this.chart = library.init(place, null, { renderer: "svg" });
        this.sizeWatch = new ResizeObserver(() => this.chart?.resize());
        this.sizeWatch.observe(place);
      }
      this.chart.setOption(optionsOf(this, colorsOf(this.$el)), { notMerge: true });
    },
    end() {
      this.sizeWatch?.disconnect();
      this.chart?.dispose();
      this.sizeWatch = this.chart = null;
    },
  },

  render() {
    const { title, hint, sentence, nothing, series, isOpen } = this;
    const id = this.$attrs.id;
    const key = ({ name }, number) => h("li", [h("span", { class: `swatch swatch-${HUES[number]}` }), h("bdi", name)]);
    const inReach = { tabindex: 0, role: "group", "aria-label": title }; // it may be wider than there is room
    const toggle = { type: "button", class: "link-button", "aria-expanded": String(isOpen), "aria-controls": `${id}-table` };
    const head = h("header", { class: "chart-head" }, [
      h("h2", { id: `${id}-title`, class: "card-title" }, title),
      h("p", { class: "muted" }, hint),
    ]);
    const inside = nothing
      ? [h("p", { class: "chart-nothing muted" }, nothing)]
      : [
          series.length > 1 ? h("ul", { class: "chart-keys", "aria-hidden": "true" }, series.map(key)) : null,
          h("div", { ref: "chart", class: "chart", role: "img", "aria-label": sentence }),
          h("button", { ...toggle, onClick: () => (this.isOpen = !isOpen) }, isOpen ? "Hide the table" : "Show as a table"),
          h("div", { id: `${id}-table`, ...(isOpen ? { class: "chart-table", ...inReach } : { class: "unseen" }) }, [table(this)]),
        ];
    return h("section", { class: "card", "aria-labelledby": `${id}-title` }, [head, ...inside]);
  },
};
