// Draws a Plotly specification in its element and, when another comes, changes what is drawn there:
// a new element for every change would blink, and costs the browser twice the time.
const CONFIG = { displayModeBar: false, scrollZoom: false, doubleClick: false, showTips: false };
const figures = new WeakMap();

// Plotly takes the element of an empty label away and never puts it back; that of a space stays.
const labelled = (trace) =>
  Array.isArray(trace.text) && trace.type === "scatter"
    ? { ...trace, text: trace.text.map((label) => label || " ") }
    : trace;

class Figure {
  constructor(parent) {
    this.holder = document.createElement("div");
    this.holder.className = "chart";
    parent.append(this.holder);
    this.text = "";
    this.drawn = false;
    this.sized = new ResizeObserver(() => this.fit());
    this.sized.observe(parent);
  }

  // Takes the newest specification; one that came meanwhile wins.
  async show(text) {
    if (text === this.text) return;
    this.text = text;
    this.holder.setAttribute("aria-busy", "true");
    const { data, layout, alt, lost } = JSON.parse(text);
    this.holder.setAttribute("role", "img");
    this.holder.setAttribute("aria-label", alt);
    this.holder.style.height = `${layout.height}px`;
    const Plotly = await window.plotly().catch(() => null);
    if (text !== this.text) return;
    if (!Plotly) {
      this.tell(lost);
      return;
    }
    if (!this.drawn) this.holder.textContent = "";
    const first = !this.drawn;
    this.drawn = true;
    if (!first) Plotly.Fx.unhover(this.holder);
    await Plotly.react(this.holder, data.map(labelled), { ...layout, autosize: true }, CONFIG);
    if (first) this.holder.on("plotly_click", (event) => this.clicked(event));
    if (text === this.text) this.holder.removeAttribute("aria-busy");
  }

  // Says why there is no chart, where it would be.
  tell(sentence) {
    this.holder.setAttribute("role", "status");
    this.holder.removeAttribute("aria-label");
    this.holder.removeAttribute("aria-busy");
    this.holder.textContent = sentence;
  }

  clicked({ points }) {
    this.pick(points.map((point) => point.customdata ?? null));
  }

  fit() {
    const { holder, drawn } = this;
    if (!drawn || !holder._fullLayout || !holder.offsetWidth) return;
    if (Math.abs(holder._fullLayout.width - holder.offsetWidth) > 1) window.Plotly.Plots.resize(holder);
  }

  leave() {
    this.sized.disconnect();
    this.text = "";
    if (this.drawn) window.Plotly.purge(this.holder);
    this.holder.remove();
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  if (!figures.has(parentElement)) figures.set(parentElement, new Figure(parentElement));
  const figure = figures.get(parentElement);
  figure.pick = (carried) => setTriggerValue("picked", carried);
  figure.show(new TextDecoder().decode(data));
  return () => {
    // A call that another has overtaken is ended too; the chart goes with its element alone.
    if (parentElement.isConnected) return;
    figures.delete(parentElement);
    figure.leave();
  };
}
