/**
 * The table of neurons. Only the rows in sight are elements, so that 36,864 scroll as 40 do.
 *
 * @module
 */
/// <reference lib="dom" />
import type { ColumnInfo } from "../../format.ts";
import { h } from "../dom.ts";

/** Height of a row in CSS pixels, as in the style sheet. */
const ROW = 28;

/** Rows kept ready above and below those in sight. */
const SPARE = 8;

/** What the table shows. */
export interface TableState {
  readonly order: Uint32Array;
  readonly columns: readonly ColumnInfo[];
  readonly selected: number | undefined;
  readonly sort: string;
  readonly descending: boolean;
}

/** What the table asks of the page. */
export interface TableOwner {
  name(neuron: number): string;
  href(neuron: number): string;
  cell(neuron: number, column: ColumnInfo): Node | string;
  sort(column: string): void;
}

/** A table that shows a window of its rows. */
export class NeuronTable {
  readonly element: HTMLElement;
  readonly #head = h("div", { class: "row head", role: "row", "aria-rowindex": 1 });
  readonly #rows = h("div", { class: "rows", role: "rowgroup" });
  readonly #owner: TableOwner;
  #state: TableState | undefined;
  #first = -1;
  #waiting = false;

  /** An empty table. */
  constructor(owner: TableOwner) {
    this.#owner = owner;
    this.element = h(
      "div",
      {
        class: "neurons",
        role: "table",
        "aria-label": "Neurons",
        tabindex: 0,
        scroll: () => this.#soon(),
      },
      h("div", { role: "rowgroup", class: "heads" }, this.#head),
      this.#rows,
    );
    new ResizeObserver(() => this.#soon()).observe(this.element);
  }

  /** Shows a state; a new selection is brought into sight, a new order begins at its top. */
  show(state: TableState): void {
    const before = this.#state;
    this.#state = state;
    this.element.setAttribute("aria-rowcount", String(state.order.length + 1));
    this.element.style.setProperty("--columns", String(state.columns.length));
    this.#rows.style.setProperty("height", `${state.order.length * ROW}px`);
    this.#drawHead(state);
    if (before?.selected !== state.selected) this.#reveal(state);
    else if (before?.order !== state.order) this.element.scrollTop = 0;
    this.#first = -1;
    this.#draw();
  }

  #reveal({ order, selected }: TableState): void {
    const place = selected === undefined ? -1 : order.indexOf(selected);
    if (place < 0) return;
    const { scrollTop, clientHeight } = this.element;
    const top = place * ROW;
    const inside = clientHeight - ROW;
    if (top < scrollTop || top + ROW > scrollTop + inside) {
      this.element.scrollTop = Math.max(0, top - inside / 2);
    }
  }

  #drawHead({ columns, sort, descending }: TableState): void {
    const cell = (name: string, title: string, description: string) => {
      const sorted = sort === name;
      const mark = !sorted || (name === "" && !descending)
        ? ""
        : descending
        ? " \u25be"
        : " \u25b4";
      return h(
        "div",
        {
          role: "columnheader",
          "aria-sort": !sorted ? "none" : descending ? "descending" : "ascending",
        },
        h("button", {
          type: "button",
          title: description,
          click: () => this.#owner.sort(name),
        }, title + mark),
      );
    };
    this.#head.replaceChildren(
      cell("", "neuron", "Layer and index; click for the model's order"),
      ...columns.map(({ name, title, description }) => cell(name, title, description)),
    );
  }

  #soon(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      this.#waiting = false;
      this.#draw();
    });
  }

  #draw(): void {
    const state = this.#state;
    if (!state) return;
    const first = Math.max(0, Math.floor(this.element.scrollTop / ROW) - SPARE);
    if (first === this.#first) return;
    this.#first = first;
    const count = Math.ceil(this.element.clientHeight / ROW) + 2 * SPARE;
    const rows: HTMLElement[] = [];
    for (let place = first; place < Math.min(state.order.length, first + count); place++) {
      rows.push(this.#row(state, place));
    }
    this.#rows.replaceChildren(...rows);
  }

  #row({ order, columns, selected }: TableState, place: number): HTMLElement {
    const neuron = order[place]!;
    const row = h(
      "div",
      {
        class: neuron === selected ? "row selected" : "row",
        role: "row",
        "aria-rowindex": place + 2,
        "--top": `${place * ROW}px`,
      },
      h(
        "div",
        { role: "rowheader" },
        h("a", {
          href: this.#owner.href(neuron),
          tabindex: -1,
          "aria-current": neuron === selected ? "true" : undefined,
        }, this.#owner.name(neuron)),
      ),
      ...columns.map((column) => h("div", { role: "cell" }, this.#owner.cell(neuron, column))),
    );
    row.addEventListener("click", () => row.querySelector("a")!.click());
    row.firstElementChild!.firstElementChild!.addEventListener(
      "click",
      (event) => event.stopPropagation(),
    );
    return row;
  }
}
