// Rows drawn by a template. In a slot of one of NiceGUI's own elements the template would become another component with
// every update of the page: all rows made anew, and the focus in them lost.

const kinds = {};

export default {
  props: ["template", "rows"],
  render() {
    const kind = (kinds[this.template] ??= { props: ["props"], template: this.template });
    return Vue.h("div", this.rows.map((row) => Vue.h(kind, { key: row.id, props: { row } })));
  },
};
