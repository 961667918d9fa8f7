(() => {
  // lib/viewer/page/dom.ts
  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === void 0 || value === false) continue;
      if (typeof value === "function") element.addEventListener(name, value);
      else if (name.startsWith("--")) {
        element.style.setProperty(name, String(value));
      } else element.setAttribute(name, value === true ? "" : String(value));
    }
    for (const child of children) {
      if (child === void 0 || child === false) continue;
      element.append(child instanceof Node ? child : String(child));
    }
  }
  function h(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    fill(element, attributes, children);
    return element;
  }
  function s(tag, attributes = {}, ...children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    fill(element, attributes, children);
    return element;
  }
  function button(label, click, attributes = {}) {
    return h("button", {
      type: "button",
      click,
      ...attributes
    }, label);
  }
  function checkbox(label, checked, change) {
    const input = h("input", {
      type: "checkbox",
      change: () => change(input.checked)
    });
    input.checked = checked;
    return h("label", {
      class: "check"
    }, input, ` ${label}`);
  }

  // lib/viewer/page/numbers.ts
  var MINUS = "\u2212";
  function showNumber(value) {
    if (value === null || value === void 0 || !Number.isFinite(value)) return "\u2013";
    if (value === 0) return "0";
    const size = Math.abs(value);
    const text2 = size >= 1e6 || size < 1e-4 ? value.toExponential(2).replace(/\.?0+e/, "e") : Number.isInteger(value) ? value.toLocaleString("en") : String(Number(value.toPrecision(4)));
    return text2.replace(/-/g, MINUS);
  }
  function plainNumber(value) {
    return value === null || value === void 0 || !Number.isFinite(value) ? "" : String(value);
  }
  function neuronName(neuron, width) {
    return `${Math.floor(neuron / width)}.${neuron % width}`;
  }
  function parseNeuron(name, model) {
    const match = /^(?:L|l)?(\d{1,6})[./](?:N|n)?(\d{1,9})$/.exec(name.trim());
    if (!match) return void 0;
    const [layer, index] = [
      Number(match[1]),
      Number(match[2])
    ];
    return layer < model.layers && index < model.width ? layer * model.width + index : void 0;
  }

  // lib/viewer/page/copy.ts
  var BREAKS = /[\p{Cc}\u2028\u2029]/u;
  function toTsv(rows) {
    const plain = (cell) => {
      if (typeof cell !== "string") return plainNumber(cell);
      return BREAKS.test(cell) ? JSON.stringify(cell) : cell;
    };
    return rows.map((row2) => row2.map(plain).join("	")).join("\n") + "\n";
  }
  async function write(text2) {
    try {
      await navigator.clipboard.writeText(text2);
    } catch {
      const area = h("textarea", {
        class: "offscreen",
        "aria-hidden": "true",
        tabindex: -1
      });
      area.value = text2;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  }
  function copyButton(label, text2) {
    const copy = h("button", {
      type: "button",
      class: "copy",
      click: async () => {
        const focus = document.activeElement;
        await write(text2());
        if (focus instanceof HTMLElement) focus.focus();
        copy.textContent = "Copied";
        setTimeout(() => copy.textContent = label, 1500);
      }
    }, label);
    return copy;
  }

  // lib/viewer/format.ts
  var VIEWER_FORMAT = "neurite.viewer/1";
  var PANELS = [
    "activations",
    "vocabulary",
    "compositions",
    "heads",
    "examples",
    "partners"
  ];

  // lib/viewer/page/data/fault.ts
  var DataFault = class extends Error {
    file;
    name;
    /** `file` is the data's name without folder and ending. */
    constructor(file, is) {
      super(`Cannot show "data/${file}.js": ${is}, expected a file as neurite writes it`), this.file = file, this.name = "DataFault";
    }
  };

  // lib/viewer/page/data/check.ts
  var FILE_NAME = /^[A-Za-z0-9_.-]{1,100}$/;
  function isRecord(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
  }
  function isCount(value, largest) {
    return Number.isSafeInteger(value) && value > 0 && value <= largest;
  }
  function areTexts(value) {
    return Array.isArray(value) && value.every((text2) => typeof text2 === "string");
  }
  function isColumn(value) {
    return isRecord(value) && typeof value.name === "string" && FILE_NAME.test(value.name) && typeof value.title === "string" && typeof value.description === "string";
  }
  function checkModel(value) {
    const fault = (is) => new DataFault("model", is);
    if (!isRecord(value)) throw fault("it is not an object");
    if (value.format !== VIEWER_FORMAT) {
      throw fault(`its format is "${String(value.format)}" and not "${VIEWER_FORMAT}"`);
    }
    if (typeof value.model !== "string") throw fault("it does not name its model");
    for (const [name, largest] of [
      [
        "layers",
        1e4
      ],
      [
        "width",
        1e6
      ],
      [
        "shardNeurons",
        1e6
      ]
    ]) {
      if (!isCount(value[name], largest)) throw fault(`${name} is no count up to ${largest}`);
    }
    if (value.layers * value.width > 2e6) {
      throw fault("it is over 2,000,000 neurons");
    }
    for (const name of [
      "subsets",
      "features",
      "partners"
    ]) {
      if (!areTexts(value[name])) throw fault(`${name} is no list of texts`);
    }
    if (!Array.isArray(value.edges)) throw fault("edges is no list");
    if (!Array.isArray(value.columns) || !value.columns.every(isColumn)) {
      throw fault("columns is no list of columns");
    }
    if (!isRecord(value.missing) || !isRecord(value.provenance)) {
      throw fault("missing or provenance is no object");
    }
    return value;
  }
  function checkTokens(value) {
    if (!areTexts(value)) throw new DataFault("tokens", "it is no list of texts");
    return value;
  }
  function checkColumn(name, value, neurons) {
    if (!Array.isArray(value) || value.length !== neurons) {
      throw new DataFault(`column-${name}`, `it is no list of ${neurons} numbers`);
    }
    return Float64Array.from(value, (entry) => typeof entry === "number" ? entry : NaN);
  }
  function checkShard(place, value, count) {
    if (!Array.isArray(value) || value.length !== count || !value.every(isRecord)) {
      throw new DataFault(`shard-${place}`, `it is no list of ${count} neurons`);
    }
    return value;
  }

  // lib/viewer/page/data/load.ts
  var LARGEST = 2 ** 28;
  var received = /* @__PURE__ */ new Map();
  function receiveData() {
    Object.defineProperty(globalThis, "neuriteData", {
      value: (name, base64) => {
        if (typeof name === "string" && typeof base64 === "string") received.set(name, base64);
      }
    });
  }
  function runScript(name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `data/${encodeURIComponent(name)}.js`;
      script.onload = () => {
        script.remove();
        const base64 = received.get(name);
        received.delete(name);
        if (base64 === void 0) reject(new DataFault(name, "it hands over no data of that name"));
        else resolve(base64);
      };
      script.onerror = () => {
        script.remove();
        reject(new DataFault(name, "it is not there or cannot be read"));
      };
      document.head.append(script);
    });
  }
  async function inflate(name, base64) {
    const packed = decodeBase64(base64);
    const stream = new Blob([
      packed
    ]).stream().pipeThrough(new DecompressionStream("gzip"));
    const decoder = new TextDecoder();
    const parts2 = [];
    let size = 0;
    for (const reader = stream.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > LARGEST) {
        await reader.cancel();
        throw new DataFault(name, `it unfolds to more than ${LARGEST / 2 ** 20} MiB`);
      }
      parts2.push(decoder.decode(value, {
        stream: true
      }));
    }
    return parts2.join("") + decoder.decode();
  }
  function decodeBase64(base64) {
    if (typeof Uint8Array.fromBase64 === "function") return Uint8Array.fromBase64(base64);
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  }
  async function loadData(name) {
    const base64 = await runScript(name);
    try {
      return JSON.parse(await inflate(name, base64));
    } catch (error) {
      if (error instanceof DataFault) throw error;
      throw new DataFault(name, "it is not gzip of JSON, or was cut short");
    }
  }

  // lib/viewer/page/data/store.ts
  var SHARDS_KEPT = 8;
  async function loadModel() {
    return checkModel(await loadData("model"));
  }
  var Store = class {
    model;
    neurons;
    tokens;
    #columns;
    #pending;
    #shards;
    /** Starts with nothing but the model's facts. */
    constructor(model) {
      this.model = model;
      this.tokens = [];
      this.#columns = /* @__PURE__ */ new Map();
      this.#pending = /* @__PURE__ */ new Map();
      this.#shards = /* @__PURE__ */ new Map();
      this.neurons = model.layers * model.width;
    }
    /** Loads the vocabulary. */
    async loadTokens() {
      this.tokens = checkTokens(await loadData("tokens"));
    }
    /** The text of a token; its number where the vocabulary has no such token. */
    token(id) {
      return this.tokens[id] ?? `#${id}`;
    }
    /** A column that is loaded. */
    column(name) {
      return this.#columns.get(name);
    }
    /** Loads columns; names the model does not have are left out. */
    async loadColumns(names) {
      const known = new Set(this.model.columns.map((column) => column.name));
      await Promise.all([
        ...new Set(names)
      ].filter((name) => known.has(name)).map((name) => {
        const begun = this.#pending.get(name);
        if (begun) return begun;
        const loading = loadData(`column-${name}`).then((value) => {
          const column = checkColumn(name, value, this.neurons);
          this.#columns.set(name, column);
          return column;
        });
        this.#pending.set(name, loading);
        return loading;
      }));
    }
    /** One neuron; its shard is loaded when it is not at hand. */
    async neuron(neuron) {
      const { shardNeurons } = this.model;
      const shard = await this.#shard(Math.floor(neuron / shardNeurons));
      return shard[neuron % shardNeurons];
    }
    #shard(place) {
      const { shardNeurons } = this.model;
      const known = this.#shards.get(place);
      this.#shards.delete(place);
      const count = Math.min(shardNeurons, this.neurons - place * shardNeurons);
      const shard = known ?? loadData(`shard-${place}`).then((value) => checkShard(place, value, count));
      this.#shards.set(place, shard);
      shard.catch(() => this.#shards.delete(place));
      for (const old of this.#shards.keys()) {
        if (this.#shards.size <= SHARDS_KEPT) break;
        this.#shards.delete(old);
      }
      return shard;
    }
  };

  // lib/viewer/page/token_text.ts
  var LONGEST = 32;
  var LONGEST_IN_CELL = 14;
  var SIGNS = {
    " ": "\xB7",
    "\n": "\u21B5",
    "	": "\u2192"
  };
  var UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]|[\ud800-\udfff]/gu;
  function signOf(character) {
    const known = SIGNS[character];
    if (known !== void 0) return known;
    const code = character.codePointAt(0);
    return `\u27E8U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27E9`;
  }
  function tokenPieces(text2) {
    const pieces = [];
    const add = (part, sign) => {
      const last = pieces.at(-1);
      if (part === "") return;
      if (last?.sign === sign) pieces[pieces.length - 1] = {
        text: last.text + part,
        sign
      };
      else pieces.push({
        text: part,
        sign
      });
    };
    let from = 0;
    for (const match of text2.matchAll(UNSEEN)) {
      add(text2.slice(from, match.index), false);
      add(signOf(match[0]), true);
      from = match.index + match[0].length;
    }
    add(text2.slice(from), false);
    return pieces.length > 0 ? pieces : [
      {
        text: "\u2205",
        sign: true
      }
    ];
  }
  function shownToken(text2) {
    const { head, rest } = cutToken(text2);
    const shown = tokenPieces(head).map((piece) => piece.text).join("");
    return rest > 0 ? `${shown}\u2026+${rest.toLocaleString("en")}` : shown;
  }
  function cutToken(text2, longest = LONGEST) {
    if (text2.length <= longest) return {
      head: text2,
      rest: 0
    };
    const last = text2.charCodeAt(longest - 1);
    const end = last >= 55296 && last < 56320 ? longest - 1 : longest;
    return {
      head: text2.slice(0, end),
      rest: text2.length - end
    };
  }

  // lib/viewer/page/dialog.ts
  function openDialog(title, ...nodes) {
    const close = button("Close", () => dialog.close());
    const dialog = h("dialog", {
      "aria-labelledby": "dialog-title",
      close: () => dialog.remove()
    }, h("h2", {
      id: "dialog-title"
    }, title), ...nodes, close);
    document.body.append(dialog);
    dialog.showModal();
  }
  function openText(title, text2) {
    const pieces = tokenPieces(text2).map((piece) => piece.sign ? h("span", {
      class: "sign"
    }, piece.text) : piece.text);
    openDialog(title, h("div", {
      class: "whole",
      tabindex: 0,
      role: "region",
      "aria-label": "Text"
    }, h("bdi", {
      class: "token"
    }, ...pieces)));
  }

  // lib/viewer/page/focus.ts
  var FOCUSABLE = "a, button, input, select, summary, [tabindex]";
  function redrawInside(container, ...nodes) {
    const place = [
      ...container.querySelectorAll(FOCUSABLE)
    ].indexOf(document.activeElement);
    container.replaceChildren(...nodes);
    const next = place < 0 ? void 0 : container.querySelectorAll(FOCUSABLE)[place];
    if (next instanceof HTMLElement) next.focus({
      preventScroll: true
    });
  }

  // lib/viewer/page/provenance.ts
  function provenance(model) {
    return h("footer", {}, h("h2", {}, "Where these numbers come from"), h("dl", {}, ...Object.entries(model.provenance).flatMap(([name, text2]) => [
      h("dt", {}, name),
      h("dd", {}, String(text2))
    ])));
  }

  // lib/viewer/page/frame.ts
  function layOut(model, parts2) {
    const place = () => h("div", {});
    const frame = {
      faults: place(),
      filters: place(),
      ranges: place(),
      columns: place(),
      count: h("p", {
        id: "count",
        role: "status"
      }),
      head: place(),
      links: h("nav", {
        "aria-label": "Panels"
      }),
      panels: place()
    };
    const main = h("main", {
      tabindex: -1
    }, frame.faults, frame.head, frame.links, frame.panels, provenance(model));
    document.title = `Neurons of ${model.model}`;
    document.body.replaceChildren(h("a", {
      class: "skip",
      href: "#main",
      click: (event) => {
        event.preventDefault();
        main.focus();
      }
    }, "Skip to the neuron"), h("header", {}, h("h1", {}, "Neurons of ", h("bdi", {}, model.model)), h("div", {
      class: "buttons"
    }, button("Theme", parts2.toggleTheme, {
      title: "Light or dark (t)"
    }), button("Help", parts2.help, {
      title: "Keys (?)"
    }))), h("div", {
      class: "layout"
    }, h("section", {
      class: "side",
      "aria-label": "Table of neurons"
    }, parts2.search, frame.filters, h("details", {}, h("summary", {}, "Ranges"), frame.ranges), h("details", {}, h("summary", {}, "Columns"), frame.columns), h("div", {
      class: "count"
    }, frame.count, parts2.copyTable), parts2.table), main));
    return frame;
  }

  // lib/viewer/page/keys.ts
  function isTyping(target) {
    return target instanceof Element && target.matches("input:not([type=checkbox]), select, textarea, [contenteditable]");
  }
  function listenToKeys(actions) {
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
      if (document.querySelector("dialog[open]")) return;
      const action = actions.find(({ keys }) => keys.includes(event.key));
      if (!action) return;
      event.preventDefault();
      action.run();
    });
  }
  var NAMES = {
    ArrowLeft: "\u2190",
    ArrowRight: "\u2192"
  };
  function keyList(actions) {
    return h("dl", {
      class: "keys"
    }, ...actions.flatMap(({ keys, does }) => [
      h("dt", {}, ...keys.flatMap((key) => [
        h("kbd", {}, NAMES[key] ?? key),
        " "
      ])),
      h("dd", {}, does)
    ]));
  }

  // lib/viewer/page/notices.ts
  function commandLine(command) {
    return h("p", {
      class: "command"
    }, h("code", {}, command), " ", copyButton("Copy command", () => command));
  }
  function missingNotice({ is, command }) {
    return h("div", {
      class: "notice"
    }, h("p", {}, `Not here yet: ${is}.`), h("p", {}, "To make it:"), commandLine(command));
  }
  function rebuildCommand(model) {
    return model?.provenance.command ?? "deno task un:viewer -- --model MODEL";
  }
  function faultNotice(error, model) {
    const message = error instanceof Error ? error.message : String(error);
    return h("div", {
      class: "notice fault",
      role: "alert"
    }, h("p", {}, message), h("p", {}, "To build the folder again:"), commandLine(rebuildCommand(model)));
  }

  // lib/viewer/page/neuron_header.ts
  function loadingLine(model, neuron) {
    const name = JSON.stringify(model.model);
    const [layer, index] = neuronName(neuron, model.width).split(".");
    return `import { loadAllSummaries, loadWeightsSummary } from "neurite"; const summaries = await loadAllSummaries(${name}), weights = await loadWeightsSummary(${name}), neuron = ${layer} * ${model.width} + ${index};`;
  }
  function numberList(owner, neuron, columns) {
    return h("dl", {
      class: "numbers"
    }, ...columns.map((column) => h("div", {
      title: column.description
    }, h("dt", {}, column.title), h("dd", {}, owner.cell(neuron, column)))));
  }
  function neuronHeader(owner, neuron, open) {
    const { model } = owner;
    const name = neuronName(neuron, model.width);
    const [layer, index] = name.split(".");
    const numbers2 = h("div", {});
    const draw = (all) => numbers2.replaceChildren(numberList(owner, neuron, model.columns.filter(({ name: name2 }) => all || owner.isLoaded(name2))));
    const more = h("button", {
      type: "button",
      click: () => {
        owner.loadAll().then(() => {
          draw(true);
          more.hidden = true;
        }, (error) => numbers2.replaceChildren(faultNotice(error, model)));
      }
    }, "All numbers");
    more.hidden = open || model.columns.every(({ name: name2 }) => owner.isLoaded(name2));
    draw(false);
    return h("div", {
      class: "neuron-head"
    }, h("div", {
      class: "title"
    }, h("h2", {
      id: "neuron-name",
      tabindex: -1
    }, `Neuron ${name}`), h("p", {
      class: "soft"
    }, `layer ${layer} of ${model.layers}, index ${index} of ${model.width}`), h("div", {
      class: "buttons"
    }, button("\u2190 Previous", () => owner.step(-1)), button("Next \u2192", () => owner.step(1)), button("Random", () => owner.random()), copyButton("Copy loading line", () => loadingLine(model, neuron)))), h("div", {
      class: "numbers-line"
    }, numbers2, more));
  }

  // lib/viewer/page/chart/scale.ts
  function scale(axis, start, end) {
    const turn = axis.log ? Math.log10 : (value) => value;
    const from = turn(axis.from);
    const span = turn(axis.to) - from || 1;
    return (value) => start + (turn(value) - from) / span * (end - start);
  }
  function ticks(axis, wanted = 5) {
    if (axis.log) {
      const [from, to] = [
        Math.ceil(Math.log10(axis.from)),
        Math.floor(Math.log10(axis.to))
      ];
      const step2 = Math.max(1, Math.ceil((to - from + 1) / wanted));
      const powers = [];
      for (let power = from; power <= to; power += step2) powers.push(10 ** power);
      return powers;
    }
    const span = axis.to - axis.from;
    if (!(span > 0) || !Number.isFinite(span)) return [
      axis.from
    ];
    const rough = 10 ** Math.floor(Math.log10(span / wanted));
    const step = rough * ([
      1,
      2,
      5,
      10
    ].find((factor) => span / (rough * factor) <= wanted) ?? 10);
    const marks = [];
    for (let k = Math.ceil(axis.from / step); k * step <= axis.to + step * 1e-6; k++) {
      marks.push(Number((k * step).toPrecision(12)));
    }
    return marks;
  }
  function extent(values) {
    let [least, most] = [
      Infinity,
      -Infinity
    ];
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    if (least > most) return [
      0,
      1
    ];
    return least === most ? [
      least - 0.5,
      most + 0.5
    ] : [
      least,
      most
    ];
  }

  // lib/viewer/page/chart/plot.ts
  var made = 0;
  function drawing({ title, description, width, height }) {
    const id = `drawing-${++made}`;
    return s("svg", {
      role: "img",
      "aria-labelledby": `${id}-title ${id}-desc`,
      viewBox: `0 0 ${width} ${height}`,
      width,
      height
    }, s("title", {
      id: `${id}-title`
    }, title), s("desc", {
      id: `${id}-desc`
    }, description));
  }
  function plot(options) {
    const { width, height, rows } = options;
    const box = {
      left: options.left ?? 52,
      top: 8,
      right: width - 12,
      bottom: height - 36
    };
    const svg = drawing(options);
    const x = scale(options.x, box.left, box.right);
    const y = scale(options.y, box.bottom, box.top);
    for (const mark of ticks(options.x, Math.max(2, Math.floor(width / 70)))) {
      svg.append(s("line", {
        class: "grid",
        x1: x(mark),
        x2: x(mark),
        y1: box.top,
        y2: box.bottom
      }), s("text", {
        class: "tick",
        x: x(mark),
        y: box.bottom + 14,
        "text-anchor": "middle"
      }, showNumber(mark)));
    }
    if (rows) {
      const step = (box.bottom - box.top) / rows.length;
      rows.forEach((name, row2) => {
        const y2 = box.top + (row2 + 0.5) * step + 4;
        svg.append(s("text", {
          class: "tick",
          x: box.left - 6,
          y: y2,
          "text-anchor": "end"
        }, name));
      });
    } else {
      for (const mark of ticks(options.y, Math.max(2, Math.floor(height / 45)))) {
        svg.append(s("line", {
          class: "grid",
          x1: box.left,
          x2: box.right,
          y1: y(mark),
          y2: y(mark)
        }), s("text", {
          class: "tick",
          x: box.left - 6,
          y: y(mark) + 4,
          "text-anchor": "end"
        }, showNumber(mark)));
      }
      const middle = (box.top + box.bottom) / 2;
      svg.append(s("text", {
        class: "label",
        x: 11,
        y: middle,
        transform: `rotate(-90 11 ${middle})`,
        "text-anchor": "middle"
      }, options.y.label));
    }
    svg.append(s("line", {
      class: "axis",
      x1: box.left,
      x2: box.right,
      y1: box.bottom,
      y2: box.bottom
    }), s("text", {
      class: "label",
      x: (box.left + box.right) / 2,
      y: height - 4,
      "text-anchor": "middle"
    }, options.x.label));
    return {
      svg,
      x,
      y,
      box
    };
  }

  // lib/viewer/page/chart/bars.ts
  function barChart(options) {
    const { svg, x, y, box } = plot(options);
    const d = options.bars.filter((bar) => bar.value > 0).map(({ from, to, value }) => {
      const top = Math.min(box.bottom, y(value));
      return `M${x(from).toFixed(1)} ${box.bottom}V${top.toFixed(1)}H${x(to).toFixed(1)}V${box.bottom}Z`;
    }).join("");
    svg.append(s("path", {
      class: "bars",
      d
    }));
    return h("figure", {}, h("figcaption", {}, options.title), svg);
  }

  // lib/viewer/page/chart/boxes.ts
  var MARKS = [
    0.01,
    0.1,
    1,
    5,
    10,
    90,
    95,
    99,
    99.9,
    99.99
  ];
  var BOX = [
    0,
    25,
    50,
    75,
    100
  ];
  var ROW = 24;
  var LETTER = 6.5;
  function boxChart({ title, description, label, from, to, rows }) {
    const names = rows.map(({ name }) => name.length > 22 ? `${name.slice(0, 21)}\u2026` : name);
    const height = rows.length * ROW + 44;
    const { svg, x, box } = plot({
      title,
      description,
      width: 860,
      height,
      left: 20 + LETTER * Math.max(...names.map((name) => name.length)),
      x: {
        label,
        from,
        to
      },
      y: {
        label: "",
        from: 0,
        to: 1
      },
      rows: names
    });
    const at = (value) => x(Math.min(to, Math.max(from, value))).toFixed(1);
    rows.forEach((row2, place) => {
      const middle = box.top + (place + 0.5) * ROW;
      const [low, first, median, third, high] = row2.box.map(at);
      if (row2.box.some((value) => !Number.isFinite(value))) return;
      svg.append(s("line", {
        class: "whisker",
        x1: low,
        x2: high,
        y1: middle,
        y2: middle
      }), s("rect", {
        class: "box",
        x: first,
        y: middle - 5,
        width: Math.max(1, Number(third) - Number(first)),
        height: 10
      }), s("line", {
        class: "median",
        x1: median,
        x2: median,
        y1: middle - 6,
        y2: middle + 6
      }));
      row2.marks.forEach((value, mark) => {
        const upper = MARKS[mark] > 50;
        const rank = upper ? mark - 4 : 5 - mark;
        const end = middle + (upper ? -1 : 1) * (4 + rank * 1.4);
        svg.append(s("line", {
          class: upper ? "mark pos" : "mark neg",
          x1: at(value),
          x2: at(value),
          y1: middle,
          y2: end,
          "--t": 0.4 + rank * 0.12
        }, s("title", {}, `${row2.name}: ${MARKS[mark]} % at ${showNumber(value)}`)));
      });
    });
    return h("figure", {
      class: "wide"
    }, h("figcaption", {}, title), h("div", {
      class: "scroll",
      tabindex: 0,
      role: "region",
      "aria-label": title
    }, svg));
  }

  // lib/viewer/page/chart/series.ts
  var COLORS = 7;
  var DASHES = [
    "",
    "7 3",
    "2 3",
    "9 3 2 3"
  ];
  function lineLook(place) {
    return {
      class: `line color-${place % COLORS}`,
      "stroke-dasharray": DASHES[place % DASHES.length]
    };
  }
  function legend(names) {
    return h("ul", {
      class: "legend",
      "aria-label": "Lines"
    }, ...names.map((name, place) => h("li", {}, s("svg", {
      width: 22,
      height: 8,
      "aria-hidden": "true"
    }, s("line", {
      ...lineLook(place),
      x1: 0,
      x2: 22,
      y1: 4,
      y2: 4
    })), h("bdi", {}, name))));
  }

  // lib/viewer/page/chart/lines.ts
  function path({ x, y }, points, log) {
    let drawn = false;
    return points.map(([a, b]) => {
      if (!Number.isFinite(b) || log && b <= 0) {
        drawn = false;
        return "";
      }
      const step = `${drawn ? "L" : "M"}${x(a).toFixed(1)} ${y(b).toFixed(1)}`;
      drawn = true;
      return step;
    }).join("");
  }
  function nearest(frame, series, px, py) {
    let found;
    let least = 40 ** 2;
    series.forEach(({ points }, line) => {
      points.forEach(([a, b], point) => {
        const away = (frame.x(a) - px) ** 2 + (frame.y(b) - py) ** 2;
        if (away < least) [least, found] = [
          away,
          {
            series: line,
            point
          }
        ];
      });
    });
    return found;
  }
  function lineChart(options) {
    const frame = plot(options);
    const log = options.y.log === true;
    const lines2 = options.series.map(({ points }, place) => s("path", {
      ...lineLook(place),
      d: path(frame, points, log)
    }));
    const dot = s("circle", {
      class: "dot",
      r: 4,
      visibility: "hidden"
    });
    frame.svg.append(...lines2, dot);
    const hint = "Point at a line to read it.";
    const readout = h("p", {
      class: "readout"
    }, hint);
    frame.svg.addEventListener("pointermove", (event) => {
      const bounds = frame.svg.getBoundingClientRect();
      const zoom = options.width / bounds.width;
      const [px, py] = [
        (event.clientX - bounds.left) * zoom,
        (event.clientY - bounds.top) * zoom
      ];
      const found = nearest(frame, options.series, px, py);
      lines2.forEach((line, place) => line.classList.toggle("near", place === found?.series));
      dot.setAttribute("visibility", found ? "visible" : "hidden");
      readout.textContent = found ? options.say(found.series, found.point) : hint;
      if (!found) return;
      const [a, b] = options.series[found.series].points[found.point];
      dot.setAttribute("cx", String(frame.x(a)));
      dot.setAttribute("cy", String(frame.y(b)));
    });
    return h("figure", {}, h("figcaption", {}, options.title), frame.svg, readout);
  }

  // lib/viewer/page/fold.ts
  function fold(summary, make) {
    const details = h("details", {
      toggle: () => {
        if (details.open && details.childElementCount === 1) details.append(make());
      }
    }, h("summary", {}, summary));
    return details;
  }
  function table(caption, columns, rows) {
    return h("div", {
      class: "scroll",
      tabindex: 0,
      role: "region",
      "aria-label": caption
    }, h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, ...columns.map((name) => h("th", {
      scope: "col"
    }, name)))), h("tbody", {}, ...rows.map(([name, ...cells]) => h("tr", {}, h("th", {
      scope: "row"
    }, name), ...cells.map((cell) => h("td", {}, cell)))))));
  }

  // lib/viewer/page/histogram_stats.ts
  function total({ counts }) {
    return counts.reduce((sum, count) => sum + count, 0);
  }
  function binEnds(edges, k) {
    const last = edges.length - 1;
    if (k <= 0) return [
      2 * edges[0] - edges[1],
      edges[0]
    ];
    if (k > last) return [
      edges[last],
      2 * edges[last] - edges[last - 1]
    ];
    return [
      edges[k - 1],
      edges[k]
    ];
  }
  function quantile(histogram2, edges, q) {
    const wanted = q * total(histogram2);
    let below = 0;
    let value = NaN;
    for (let place = 0; place < histogram2.counts.length; place++) {
      const count = histogram2.counts[place];
      if (count <= 0) continue;
      const [from, to] = binEnds(edges, histogram2.first + place);
      value = to;
      if (below + count >= wanted) return from + (wanted - below) / count * (to - from);
      below += count;
    }
    return value;
  }
  function density(histogram2, edges) {
    const sum = total(histogram2);
    if (sum === 0) return [];
    const points = [];
    for (let place = -1; place <= histogram2.counts.length; place++) {
      const bin = histogram2.first + place;
      if (bin < 0 || bin > edges.length) continue;
      const [from, to] = binEnds(edges, bin);
      points.push([
        (from + to) / 2,
        (histogram2.counts[place] ?? 0) / sum / (to - from)
      ]);
    }
    return points;
  }
  function addCounts(histograms) {
    if (histograms.length === 0) return {
      first: 0,
      counts: []
    };
    const first = Math.min(...histograms.map((histogram2) => histogram2.first));
    const end = Math.max(...histograms.map(({ first: first2, counts: counts2 }) => first2 + counts2.length));
    const counts = new Array(end - first).fill(0);
    for (const histogram2 of histograms) {
      histogram2.counts.forEach((count, place) => {
        counts[histogram2.first - first + place] += count;
      });
    }
    return {
      first,
      counts
    };
  }

  // lib/viewer/page/panel/panel.ts
  function parts(model, neuron) {
    const named = (neuron.subsets ?? []).map((part, place) => ({
      name: model.subsets[place] ?? `part ${place}`,
      part
    }));
    return neuron.pooled ? [
      {
        name: "all",
        part: neuron.pooled
      },
      ...named
    ] : named;
  }

  // lib/viewer/page/panel/activations.ts
  var LEAST = -5;
  var PERCENTILES = [
    ...BOX,
    ...MARKS
  ].sort((a, b) => a - b);
  var LABEL = "pre-activation";
  function boxes(named, edges) {
    const rows = named.map(({ name, part }) => ({
      name,
      box: BOX.map((percent) => quantile(part.histogram, edges, percent / 100)),
      marks: MARKS.map((percent) => quantile(part.histogram, edges, percent / 100))
    }));
    const [least, most] = extent(rows.flatMap((row2) => row2.box));
    const medians = rows.map((row2) => `${row2.name} ${showNumber(row2.box[2])}`).join(", ");
    return boxChart({
      title: "Activations by part of the corpus",
      description: `Box plots with marks at ${MARKS.join(", ")} %. Medians: ${medians}.`,
      label: `${LABEL} (marks at .01 .1 1 5 10 90 95 99 99.9 99.99 %)`,
      from: Math.max(LEAST, least),
      to: Math.max(most, LEAST + 1),
      rows
    });
  }
  function histogram(named, context) {
    const { edges } = context.model;
    const log = context.settings.logCounts;
    const pooled = named[0].name === "all" ? named[0].part.histogram : addCounts(named.map(({ part }) => part.histogram));
    const bars = pooled.counts.map((value, place) => {
      const [from2, to2] = binEnds(edges, pooled.first + place);
      return {
        from: from2,
        to: to2,
        value
      };
    });
    const tallest = Math.max(1, ...pooled.counts);
    const [from, to] = extent(bars.flatMap((bar) => [
      bar.from,
      bar.to
    ]));
    const figure = barChart({
      title: "Histogram, all of the corpus",
      description: `${showNumber(total(pooled))} activations; median ${showNumber(quantile(pooled, edges, 0.5))}.`,
      width: 420,
      height: 240,
      x: {
        label: LABEL,
        from,
        to
      },
      y: log ? {
        label: "count",
        from: 0.5,
        to: tallest * 1.5,
        log
      } : {
        label: "count",
        from: 0,
        to: tallest * 1.05
      },
      bars
    });
    figure.append(checkbox("logarithmic", log, (checked) => {
      context.settings.logCounts = checked;
      context.redraw();
    }));
    return figure;
  }
  function densities(named, context) {
    const { edges } = context.model;
    const log = context.settings.logDensity;
    const series = named.map(({ name, part }) => ({
      name,
      points: density(part.histogram, edges)
    }));
    const [from, to] = extent(series.flatMap(({ points }) => points.map(([x]) => x)));
    const heights = series.flatMap(({ points }) => points.map(([, y]) => y)).filter((y) => y > 0);
    const [low, high] = extent(heights);
    const figure = lineChart({
      title: "Density by part of the corpus",
      description: `One line a part: ${series.map(({ name }) => name).join(", ")}.`,
      width: 420,
      height: 240,
      x: {
        label: LABEL,
        from,
        to
      },
      y: log ? {
        label: "density",
        from: low,
        to: high * 1.5,
        log
      } : {
        label: "density",
        from: 0,
        to: high * 1.05
      },
      series,
      say: (line, point) => {
        const [x, y] = series[line].points[point];
        return `${series[line].name}: density ${showNumber(y)} at ${showNumber(x)}`;
      }
    });
    figure.append(checkbox("logarithmic", log, (checked) => {
      context.settings.logDensity = checked;
      context.redraw();
    }));
    return figure;
  }
  var ACTIVATIONS = {
    name: "activations",
    title: "Activations",
    draw(context, neuron) {
      const named = parts(context.model, neuron);
      if (named.length === 0) return void 0;
      const { edges } = context.model;
      const values = named.map(({ name, part }) => ({
        name,
        count: total(part.histogram),
        at: PERCENTILES.map((percent) => quantile(part.histogram, edges, percent / 100))
      }));
      return {
        nodes: [
          boxes(named, edges),
          h("div", {
            class: "figures"
          }, histogram(named, context), densities(named, context)),
          ...named.length > 1 ? [
            legend(named.map(({ name }) => name))
          ] : [],
          fold("Percentiles as a table", () => table("Percentiles of activations", [
            "part",
            "count",
            ...PERCENTILES.map((percent) => `${percent} %`)
          ], values.map(({ name, count, at }) => [
            name,
            showNumber(count),
            ...at.map(showNumber)
          ])))
        ],
        rows: () => [
          [
            "part",
            "count",
            ...PERCENTILES.map((percent) => `p${percent}`)
          ],
          ...values.map(({ name, count, at }) => [
            name,
            count,
            ...at
          ])
        ]
      };
    }
  };

  // lib/viewer/page/panel/compositions.ts
  var EDGES = Array.from({
    length: 100
  }, (_, k) => -1 + 2 * k / 99);
  var DEEP = 10;
  var KINDS = [
    {
      key: "E_in",
      title: "embedding \xB7 input weights",
      of: "tokens"
    },
    {
      key: "U_in",
      title: "unembedding \xB7 input weights",
      of: "tokens"
    },
    {
      key: "E_out",
      title: "embedding \xB7 output weights",
      of: "tokens"
    },
    {
      key: "U_out",
      title: "unembedding \xB7 output weights",
      of: "tokens"
    },
    {
      key: "in_in",
      title: "input \xB7 input",
      of: "neurons"
    },
    {
      key: "in_out",
      title: "input \xB7 output",
      of: "neurons"
    },
    {
      key: "out_in",
      title: "output \xB7 input",
      of: "neurons"
    },
    {
      key: "out_out",
      title: "output \xB7 output",
      of: "neurons"
    }
  ];
  function densities2(of, found, context) {
    const log = context.settings.logCosines;
    const series = found.map(({ key, composition }) => ({
      name: key,
      points: density(composition.histogram, EDGES)
    }));
    const heights = series.flatMap(({ points }) => points.map(([, y]) => y)).filter((y) => y > 0);
    const [low, high] = extent(heights);
    const [from, to] = extent(series.flatMap(({ points }) => points.map(([x]) => x)));
    const figure = lineChart({
      title: `Cosines with all ${of}`,
      description: `One line a composition: ${found.map(({ title }) => title).join(", ")}.`,
      width: 420,
      height: 240,
      x: {
        label: "cosine",
        from,
        to
      },
      y: log ? {
        label: "density",
        from: low,
        to: high * 1.5,
        log
      } : {
        label: "density",
        from: 0,
        to: high * 1.05
      },
      series,
      say: (line, point) => {
        const [x, y] = series[line].points[point];
        return `${found[line].title}: density ${showNumber(y)} at ${showNumber(x)}`;
      }
    });
    figure.append(legend(found.map(({ key }) => key)));
    return figure;
  }
  function extremes({ key, title, of, composition }, context) {
    const { top, bottom } = composition;
    const deep = Math.min(DEEP, Math.max(top.ids.length, bottom.ids.length));
    const most = Math.max(...[
      ...top.values,
      ...bottom.values
    ].map(Math.abs), 1e-12);
    const cells = (ids, values, rank) => {
      const [id, value] = [
        ids[rank],
        values[rank]
      ];
      if (id === void 0 || value === void 0) return [
        h("td", {}),
        h("td", {})
      ];
      return [
        h("td", {}, of === "tokens" ? context.tokenElement(id, LONGEST_IN_CELL) : context.neuronLink(id)),
        h("td", {
          class: value < 0 ? "heat neg" : "heat pos",
          "--t": (Math.abs(value) / most).toFixed(3)
        }, showNumber(value))
      ];
    };
    return h("table", {
      class: "extremes"
    }, h("caption", {}, h("code", {}, key), ` ${title}`), h("thead", {}, h("tr", {}, ...[
      "top",
      "cosine",
      "bottom",
      "cosine"
    ].map((name) => h("th", {
      scope: "col"
    }, name)))), h("tbody", {}, ...Array.from({
      length: deep
    }, (_, rank) => h("tr", {}, ...cells(top.ids, top.values, rank), ...cells(bottom.ids, bottom.values, rank)))));
  }
  var COMPOSITIONS = {
    name: "compositions",
    title: "Compositions",
    draw(context, neuron) {
      const found = KINDS.flatMap((kind) => {
        const composition = neuron.compositions?.[kind.key];
        return composition ? [
          {
            ...kind,
            composition
          }
        ] : [];
      });
      if (found.length === 0) return void 0;
      const groups = [
        "tokens",
        "neurons"
      ].map((of) => ({
        of,
        members: found.filter((kind) => kind.of === of)
      })).filter(({ members }) => members.length > 0);
      const name = (of, id) => of === "tokens" ? context.token(id) : neuronName(id, context.model.width);
      return {
        nodes: [
          h("div", {
            class: "figures"
          }, ...groups.map(({ of, members }) => densities2(of, members, context))),
          checkbox("logarithmic densities", context.settings.logCosines, (checked) => {
            context.settings.logCosines = checked;
            context.redraw();
          }),
          h("div", {
            class: "grid"
          }, ...found.map((kind) => extremes(kind, context)))
        ],
        rows: () => [
          [
            "composition",
            "end",
            "rank",
            "id",
            "name",
            "cosine"
          ],
          ...found.flatMap(({ key, of, composition }) => [
            "top",
            "bottom"
          ].flatMap((end) => composition[end].ids.map((id, rank) => [
            key,
            end,
            rank + 1,
            id,
            name(of, id),
            composition[end].values[rank]
          ])))
        ]
      };
    }
  };

  // lib/viewer/page/panel/example_tokens.ts
  var MARKED = 0.1;
  function shade(share) {
    const hue = share < 0 ? "neg" : "pos";
    return `active ${hue}${Math.abs(share) < MARKED ? "" : " marked"}`;
  }
  function exampleToken(example, place, { context, most, longest }) {
    const id = example.tokens[place];
    const element = context.tokenElement(id, longest);
    const isPeak = place === example.at;
    const value = isPeak ? example.value : example.activations?.[place];
    if (isPeak) element.classList.add("peak");
    if (value === void 0 || value === null) return element;
    const number = showNumber(value);
    element.className += ` ${shade(value / most)}`;
    element.style.setProperty("--t", (Math.abs(value) / most).toFixed(3));
    element.dataset["value"] = number;
    element.tabIndex = -1;
    element.setAttribute("role", element.querySelector("button") ? "group" : "img");
    const kind = isPeak ? "largest activation" : "activation";
    element.setAttribute("aria-label", `${shownToken(context.token(id))}, ${kind} ${number}`);
    return element;
  }
  var TELLING = "[data-value]";
  function tokenOf({ target }) {
    const token = target instanceof Element ? target.closest(TELLING) : null;
    return token instanceof HTMLElement ? token : void 0;
  }
  function tokensIn(line) {
    return [
      ...line.querySelectorAll(TELLING)
    ].filter((token) => {
      if (token.classList.contains("peak")) return true;
      const [inner, outer] = [
        token,
        token.parentElement
      ].map((one) => one.getBoundingClientRect());
      return inner.left >= outer.left - 1 && inner.right <= outer.right + 1;
    });
  }
  function neighbour(token, key, lines2) {
    const line = token.closest(lines2);
    const tokens = tokensIn(line);
    const place = tokens.indexOf(token);
    if (key === "ArrowLeft") return tokens[place - 1];
    if (key === "ArrowRight") return tokens[place + 1];
    const next = key === "ArrowUp" ? line.previousElementSibling : line.nextElementSibling;
    if (!next?.matches(lines2)) return void 0;
    const others = tokensIn(next);
    const peak = (all) => all.findIndex((one) => one.classList.contains("peak"));
    const same = peak(others) + place - peak(tokens);
    return others[Math.max(0, Math.min(others.length - 1, same))];
  }
  function tellNumbers(content, lines2) {
    const bubble = h("div", {
      class: "bubble",
      "aria-hidden": "true"
    });
    const hide = () => bubble.classList.remove("shown");
    const tell = (event) => {
      const token = tokenOf(event);
      if (!token) return hide();
      const [at, from] = [
        token,
        holder
      ].map((one) => one.getBoundingClientRect());
      bubble.textContent = token.dataset["value"];
      bubble.style.setProperty("--x", `${(at.left + at.right) / 2 - from.left}px`);
      bubble.style.setProperty("--y", `${at.top - from.top}px`);
      bubble.classList.add("shown");
    };
    const first = content.querySelector(`.peak${TELLING}`);
    if (first) first.tabIndex = 0;
    const holder = h("div", {
      class: "telling",
      pointerover: tell,
      pointerleave: hide,
      focusout: hide,
      focusin: (event) => {
        tell(event);
        const token = tokenOf(event);
        if (!token) return;
        for (const one of content.querySelectorAll(`${TELLING}[tabindex="0"]`)) {
          one.tabIndex = -1;
        }
        token.tabIndex = 0;
      },
      keydown: (event) => {
        if (event.key === "Escape") return hide();
        const token = tokenOf(event);
        if (!token || event.ctrlKey || event.altKey || event.metaKey) return;
        if (!/^Arrow(Left|Right|Up|Down)$/.test(event.key)) return;
        const next = neighbour(token, event.key, lines2);
        event.stopPropagation();
        if (next) event.preventDefault();
        next?.focus({
          preventScroll: true
        });
        next?.scrollIntoView({
          block: "nearest",
          inline: "nearest"
        });
      }
    }, content, bubble);
    return holder;
  }

  // lib/viewer/page/panel/examples.ts
  var BEFORE = 20;
  var AFTER = 4;
  var COLUMNS = [
    "value",
    "before",
    "token",
    "after"
  ];
  function text(example, context, from = 0, to = Infinity) {
    return example.tokens.slice(Math.max(0, from), to).map((id) => context.token(id)).join("");
  }
  function numbers({ activations, at }) {
    const shown = activations?.slice(Math.max(0, at - BEFORE), at + 1 + AFTER) ?? [];
    return shown.map((value) => value === null ? "?" : plainNumber(value)).join(" ");
  }
  function row(example, most, context) {
    const { tokens, at } = example;
    const run = (from, to, longest) => {
      const colours = {
        context,
        most,
        ...longest !== void 0 && {
          longest
        }
      };
      const nodes = [];
      for (let place2 = Math.max(0, from); place2 < Math.min(tokens.length, to); place2++) {
        nodes.push(exampleToken(example, place2, colours));
      }
      return nodes;
    };
    const place = `row ${example.row.toLocaleString("en")}, position ${example.position.toLocaleString("en")}`;
    return h("tr", {}, h("th", {
      scope: "row"
    }, h("button", {
      type: "button",
      class: "more",
      title: `${place}: show the text`,
      click: () => {
        const label = {
          tabindex: 0,
          role: "region",
          "aria-label": "Text"
        };
        const whole = h("div", {
          class: "whole",
          ...label
        }, ...run(0, Infinity, Infinity));
        context.open(`Example at ${place}`, tellNumbers(whole, ".whole"));
      }
    }, showNumber(example.value))), h("td", {
      class: "before"
    }, h("div", {}, ...run(at - BEFORE, at))), h("td", {
      class: "peak-token"
    }, ...run(at, at + 1)), h("td", {
      class: "after"
    }, ...run(at + 1, at + 1 + AFTER)));
  }
  function scaleBar(most) {
    const steps = [
      -1,
      -0.5,
      0,
      0.5,
      1
    ];
    return h("p", {
      class: "scale"
    }, "activation ", ...steps.map((share) => h("span", {
      class: shade(share),
      "--t": Math.abs(share)
    }, showNumber(share * most))), " (underlined from a tenth of the scale: solid above 0, dotted below; the largest is framed)");
  }
  var EXAMPLES = {
    name: "examples",
    title: "Examples",
    draw(context, neuron) {
      const having = parts(context.model, neuron).filter(({ part }) => part.examples?.length);
      if (having.length === 0) return void 0;
      const chosen = having.find(({ name }) => name === context.view.subset) ?? having[0];
      const examples = chosen.part.examples;
      const most = Math.max(1e-12, ...examples.flatMap(({ value, activations }) => [
        value,
        ...activations ?? []
      ].map((one) => Math.abs(one ?? 0))));
      const choice = h("select", {
        id: "example-part",
        change: () => context.go({
          subset: choice.value === having[0].name ? "" : choice.value
        })
      }, ...having.map(({ name }) => h("option", {
        value: name
      }, name)));
      choice.value = chosen.name;
      return {
        nodes: [
          h("div", {
            class: "controls"
          }, h("label", {}, "Part of the corpus ", choice), checkbox("wrap lines", context.settings.wrap, (checked) => {
            context.settings.wrap = checked;
            context.redraw();
          }), scaleBar(most)),
          tellNumbers(h("div", {
            class: "scroll",
            tabindex: 0,
            role: "region",
            "aria-label": "Examples"
          }, h("table", {
            class: context.settings.wrap ? "examples wrap" : "examples"
          }, h("caption", {}, `${examples.length} largest activations in ${chosen.name}`), h("colgroup", {}, ...COLUMNS.map((name) => h("col", {
            class: `col-${name}`
          }))), h("thead", {
            class: "offscreen"
          }, h("tr", {}, ...COLUMNS.map((name) => h("th", {
            scope: "col"
          }, name)))), h("tbody", {}, ...examples.map((example) => row(example, most, context))))), "tr")
        ],
        rows: () => [
          [
            "value",
            "before",
            "token",
            "after",
            "row",
            "position",
            "activations"
          ],
          ...examples.map((example) => [
            example.value,
            text(example, context, example.at - BEFORE, example.at),
            text(example, context, example.at, example.at + 1),
            text(example, context, example.at + 1, example.at + 1 + AFTER),
            example.row,
            example.position,
            numbers(example)
          ])
        ]
      };
    }
  };

  // lib/viewer/page/chart/cells.ts
  function cellChart(options) {
    const { rows, columns, values, title } = options;
    const size = Math.max(9, Math.min(18, Math.floor(300 / Math.max(rows, columns))));
    const [left, top] = [
      34,
      4
    ];
    const [width, height] = [
      left + columns * size + 8,
      top + rows * size + 34
    ];
    const most = values.reduce((most2, value) => Math.max(most2, Math.abs(value) || 0), 0);
    const peak = values.findIndex((value) => Math.abs(value) === most);
    const name = (place) => `${options.rowName} ${Math.floor(place / columns)}, ${options.columnName} ${place % columns}: ${showNumber(values[place])}`;
    const largest = `Largest: ${name(Math.max(0, peak))}`;
    const svg = drawing({
      title,
      description: `${largest}.`,
      width,
      height
    });
    values.forEach((value, place) => {
      const row2 = Math.floor(place / columns);
      svg.append(s("rect", {
        class: value < 0 ? "cell neg" : "cell pos",
        x: left + place % columns * size,
        y: top + (rows - 1 - row2) * size,
        width: size - 1,
        height: size - 1,
        "--t": most > 0 ? (Math.abs(value) / most || 0).toFixed(3) : 0,
        "data-place": place
      }));
    });
    if (peak >= 0) {
      svg.append(s("rect", {
        class: "peak",
        x: left + peak % columns * size - 0.5,
        y: top + (rows - 1 - Math.floor(peak / columns)) * size - 0.5,
        width: size,
        height: size
      }));
    }
    const step = (count) => Math.max(1, Math.ceil(count / 6));
    for (let row2 = 0; row2 < rows; row2 += step(rows)) {
      const y = top + (rows - 0.5 - row2) * size + 4;
      svg.append(s("text", {
        class: "tick",
        x: left - 5,
        y,
        "text-anchor": "end"
      }, row2));
    }
    for (let column = 0; column < columns; column += step(columns)) {
      const x = left + (column + 0.5) * size;
      svg.append(s("text", {
        class: "tick",
        x,
        y: top + rows * size + 12,
        "text-anchor": "middle"
      }, column));
    }
    const middle = top + rows * size / 2;
    svg.append(s("text", {
      class: "label",
      x: left + columns * size / 2,
      y: height - 4,
      "text-anchor": "middle"
    }, options.columnName), s("text", {
      class: "label",
      x: 10,
      y: middle,
      transform: `rotate(-90 10 ${middle})`,
      "text-anchor": "middle"
    }, options.rowName));
    const readout = h("p", {
      class: "readout"
    }, largest);
    svg.addEventListener("pointermove", (event) => {
      const place = event.target.getAttribute("data-place");
      readout.textContent = place === null ? largest : name(Number(place));
    });
    return h("figure", {}, h("figcaption", {}, title), svg, readout);
  }

  // lib/viewer/page/panel/heads.ts
  var KINDS2 = [
    {
      key: "v",
      title: "V: output weights into values"
    },
    {
      key: "o",
      title: "O: heads' outputs into input weights"
    },
    {
      key: "query_side",
      title: "Q side: into queries"
    },
    {
      key: "key_side",
      title: "K side: into keys"
    }
  ];
  var HEADS = {
    name: "heads",
    title: "Attention heads",
    draw({ model }, neuron) {
      const { layers, heads } = model;
      const found = KINDS2.flatMap((kind) => {
        const values = neuron.heads?.[kind.key];
        return values?.length === layers * heads ? [
          {
            ...kind,
            values
          }
        ] : [];
      });
      if (found.length === 0) return void 0;
      const head = (place) => `${Math.floor(place / heads)}.${place % heads}`;
      return {
        nodes: [
          h("div", {
            class: "figures"
          }, ...found.map(({ title, values }) => cellChart({
            title,
            values,
            rows: layers,
            columns: heads,
            rowName: "layer",
            columnName: "head"
          }))),
          fold("Heads as a table", () => table("Compositions with heads", [
            "head",
            ...found.map(({ key }) => key)
          ], found[0].values.map((_, place) => [
            head(place),
            ...found.map(({ values }) => showNumber(values[place]))
          ])))
        ],
        rows: () => [
          [
            "head",
            ...found.map(({ key }) => key)
          ],
          ...found[0].values.map((_, place) => [
            head(place),
            ...found.map(({ values }) => values[place])
          ])
        ]
      };
    }
  };

  // lib/viewer/page/panel/partners.ts
  var NEIGHBOUR = /^\.\.\/[A-Za-z0-9_.-]+\/index\.html$/;
  var PARTNERS = {
    name: "partners",
    title: "Partners in other models",
    draw({ model }, neuron) {
      const found = (neuron.partners ?? []).slice(0, model.partners.length);
      if (found.length === 0) return void 0;
      const name = (place) => neuronName(found[place].neuron, model.partnerWidths?.[place] ?? model.width);
      const link = (place) => {
        const page = model.partnerPages?.[place];
        return page && NEIGHBOUR.test(page) ? h("a", {
          href: `${page}#/n/${name(place)}`
        }, name(place)) : name(place);
      };
      return {
        nodes: [
          table("Most correlated neuron of each model", [
            "model",
            "neuron",
            "correlation",
            ""
          ], found.map(({ corr }, place) => [
            h("bdi", {}, model.partners[place]),
            link(place),
            showNumber(corr),
            h("meter", {
              min: 0,
              max: 1,
              value: Math.max(0, corr),
              "aria-label": `correlation ${showNumber(corr)}`
            })
          ]))
        ],
        rows: () => [
          [
            "model",
            "neuron",
            "correlation"
          ],
          ...found.map(({ corr }, place) => [
            model.partners[place],
            name(place),
            corr
          ])
        ]
      };
    }
  };

  // lib/viewer/page/panel/vocabulary.ts
  var IN_TABLE = 25;
  var IN_LINES = 100;
  var BY = [
    {
      key: "vocabMax",
      words: "largest activation"
    },
    {
      key: "vocabMean",
      words: "mean activation"
    }
  ];
  function heatmap(title, named, context) {
    const deep = Math.min(IN_TABLE, Math.max(...named.map(({ ranked }) => ranked.ids.length)));
    const shown = named.flatMap(({ ranked }) => ranked.values.slice(0, deep));
    const most = Math.max(...shown.map(Math.abs), 1e-12);
    const rows = Array.from({
      length: deep
    }, (_, rank) => h("tr", {}, h("th", {
      scope: "row"
    }, rank + 1), ...named.map(({ ranked }) => {
      const [id, value] = [
        ranked.ids[rank],
        ranked.values[rank]
      ];
      if (id === void 0 || value === void 0) return h("td", {});
      return h("td", {
        class: value < 0 ? "heat neg" : "heat pos",
        title: `${shownToken(context.token(id))}: ${showNumber(value)}`,
        "--t": (Math.abs(value) / most).toFixed(3)
      }, h("div", {}, context.tokenElement(id, LONGEST_IN_CELL), h("span", {
        class: "value"
      }, showNumber(value))));
    })));
    return h("div", {
      class: "scroll",
      tabindex: 0,
      role: "region",
      "aria-label": title
    }, h("table", {
      class: "tokens"
    }, h("caption", {}, title), h("thead", {}, h("tr", {}, h("th", {
      scope: "col"
    }, "rank"), ...named.map(({ name }) => h("th", {
      scope: "col"
    }, h("bdi", {}, name))))), h("tbody", {}, ...rows)));
  }
  function lines(title, named, context) {
    const series = named.map(({ name, ranked }) => ({
      name,
      points: ranked.values.slice(0, IN_LINES).map((value, rank) => [
        rank + 1,
        value
      ])
    }));
    const [from, to] = extent(series.flatMap(({ points }) => points.map(([, value]) => value)));
    const deep = Math.max(2, ...series.map(({ points }) => points.length));
    return lineChart({
      title,
      description: `One line a part of the corpus, ranks 1 to ${deep}, from ${showNumber(to)} down to ${showNumber(from)}.`,
      width: 420,
      height: 240,
      x: {
        label: "rank of the token",
        from: 1,
        to: deep
      },
      y: {
        label: "activation",
        from,
        to
      },
      series,
      say: (line, point) => {
        const { name, ranked } = named[line];
        return `${name}, rank ${point + 1}: ${shownToken(context.token(ranked.ids[point]))} ${showNumber(ranked.values[point])}`;
      }
    });
  }
  var VOCABULARY = {
    name: "vocabulary",
    title: "Vocabulary",
    draw(context, neuron) {
      const all = parts(context.model, neuron);
      const kinds = BY.map(({ key, words }) => ({
        words,
        named: all.flatMap(({ name, part }) => part[key] ? [
          {
            name,
            ranked: part[key]
          }
        ] : [])
      })).filter(({ named }) => named.length > 0);
      if (kinds.length === 0) return void 0;
      const names = kinds[0].named.map(({ name }) => name);
      return {
        nodes: [
          h("div", {
            class: "figures"
          }, ...kinds.map(({ words, named }) => heatmap(`Top tokens by ${words}`, named, context))),
          h("div", {
            class: "figures"
          }, ...kinds.map(({ words, named }) => lines(`Tokens by ${words}`, named, context))),
          ...names.length > 1 ? [
            legend(names)
          ] : []
        ],
        rows: () => [
          [
            "by",
            "part",
            "rank",
            "token id",
            "token",
            "activation"
          ],
          ...kinds.flatMap(({ words, named }) => named.flatMap(({ name, ranked }) => ranked.ids.map((id, rank) => [
            words,
            name,
            rank + 1,
            id,
            context.token(id),
            ranked.values[rank]
          ])))
        ]
      };
    }
  };

  // lib/viewer/page/view.ts
  var EMPTY_VIEW = {
    neuron: void 0,
    panel: void 0,
    sort: "",
    descending: false,
    columns: void 0,
    text: "",
    layer: void 0,
    universal: false,
    feature: "",
    ranges: {},
    subset: ""
  };
  function parseRange(text2) {
    const ends = text2.split("..");
    if (ends.length !== 2) return void 0;
    const [from, to] = [
      ends[0] === "" ? -Infinity : Number(ends[0]),
      ends[1] === "" ? Infinity : Number(ends[1])
    ];
    return Number.isNaN(from) || Number.isNaN(to) ? void 0 : [
      from,
      to
    ];
  }
  function parseView(fragment, model) {
    const [path2 = "", query = ""] = fragment.replace(/^#/, "").split(/\?(.*)/s);
    const asked = new URLSearchParams(query);
    const known = new Set(model.columns.map((column) => column.name));
    const sort = asked.get("sort") ?? "";
    const layer = Number(asked.get("layer") ?? NaN);
    const ranges = {};
    for (const [key, value] of asked) {
      const range = key.startsWith("r.") && known.has(key.slice(2)) ? parseRange(value) : void 0;
      if (range) ranges[key.slice(2)] = range;
    }
    return {
      neuron: path2.startsWith("/n/") ? parseNeuron(path2.slice(3), model) : void 0,
      panel: PANELS.find((panel) => panel === asked.get("panel")),
      sort: known.has(sort.replace(/^-/, "")) ? sort.replace(/^-/, "") : "",
      descending: sort.startsWith("-"),
      columns: asked.get("cols")?.split(",").filter((name) => known.has(name)),
      text: asked.get("q") ?? "",
      layer: Number.isInteger(layer) && layer >= 0 && layer < model.layers ? layer : void 0,
      universal: asked.get("universal") === "1",
      feature: asked.get("feature") ?? "",
      ranges,
      subset: asked.get("subset") ?? ""
    };
  }
  function formatView(view, model) {
    const query = new URLSearchParams();
    if (view.panel) query.set("panel", view.panel);
    if (view.sort !== "" || view.descending) {
      query.set("sort", `${view.descending ? "-" : ""}${view.sort}`);
    }
    if (view.columns) query.set("cols", view.columns.join(","));
    if (view.text !== "") query.set("q", view.text);
    if (view.layer !== void 0) query.set("layer", String(view.layer));
    if (view.universal) query.set("universal", "1");
    if (view.feature !== "") query.set("feature", view.feature);
    for (const [name, [from, to]] of Object.entries(view.ranges)) {
      const end = (value) => Number.isFinite(value) ? String(value) : "";
      query.set(`r.${name}`, `${end(from)}..${end(to)}`);
    }
    if (view.subset !== "") query.set("subset", view.subset);
    const path2 = view.neuron === void 0 ? "/" : `/n/${neuronName(view.neuron, model.width)}`;
    const tail = query.toString();
    return tail === "" ? `#${path2}` : `#${path2}?${tail}`;
  }

  // lib/viewer/page/panels.ts
  var PANEL_KINDS = [
    ACTIVATIONS,
    VOCABULARY,
    COMPOSITIONS,
    HEADS,
    EXAMPLES,
    PARTNERS
  ];
  function inside(kind, context, neuron) {
    const { model } = context;
    const title = h("h3", {
      id: `${kind.name}-title`
    }, kind.title);
    const missing = model.missing[kind.name];
    try {
      const content = kind.draw(context, neuron);
      const nodes = content?.nodes ?? (missing ? [] : [
        h("p", {
          class: "notice"
        }, "This neuron has no data here.")
      ]);
      const tools = content ? [
        copyButton("Copy as TSV", () => toTsv(content.rows()))
      ] : [];
      return [
        h("div", {
          class: "panel-head"
        }, title, ...tools),
        ...missing ? [
          missingNotice(missing)
        ] : [],
        ...nodes
      ];
    } catch (error) {
      const file = `data/shard-${Math.floor(context.neuron / model.shardNeurons)}.js`;
      const reason = error instanceof Error ? error.message : String(error);
      const fault = new TypeError(`Cannot show "${kind.title}": ${file} is broken (${reason}), expected a file as neurite writes it`);
      return [
        h("div", {
          class: "panel-head"
        }, title),
        faultNotice(fault, model)
      ];
    }
  }
  function isInSight(element) {
    const { top, bottom } = element.getBoundingClientRect();
    return top < innerHeight && bottom > 0;
  }
  var PanelSections = class {
    element;
    #sections;
    #latest;
    /** Empty sections. */
    constructor() {
      this.#sections = PANEL_KINDS.map(({ name }) => h("section", {
        id: `panel-${name}`,
        class: "panel",
        "aria-labelledby": `${name}-title`
      }));
      this.element = h("div", {
        class: "panels"
      }, ...this.#sections);
    }
    /**
     * Draws a neuron: at once what is in sight, the rest a panel at a time behind it, until another
     * neuron is asked for. While panels wait, the element is `aria-busy`.
     */
    async show(shared, neuron) {
      this.#latest = neuron;
      this.element.setAttribute("aria-busy", "true");
      const waiting = [];
      PANEL_KINDS.forEach((kind, place) => {
        const section = this.#sections[place];
        const draw = () => redrawInside(section, ...inside(kind, {
          ...shared,
          redraw: draw
        }, neuron));
        if (isInSight(section)) draw();
        else waiting.push(draw);
      });
      for (const draw of waiting) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        if (this.#latest !== neuron) return;
        draw();
      }
      this.element.removeAttribute("aria-busy");
    }
  };
  function panelLinks({ model, view, neuron }) {
    return h("ul", {}, ...PANEL_KINDS.map(({ name, title }) => h("li", {}, h("a", {
      href: formatView({
        ...view,
        neuron,
        panel: name
      }, model),
      "aria-current": view.panel === name ? "true" : void 0
    }, title))));
  }

  // lib/viewer/page/table/order.ts
  var UNIVERSAL = 0.5;
  function universalRule(model) {
    const has = (name) => model.columns.some((column) => column.name === name);
    if (has("universal")) return {
      column: "universal",
      over: 0.5
    };
    return has("excess_corr") ? {
      column: "excess_corr",
      over: UNIVERSAL
    } : void 0;
  }
  function kindOf(column) {
    return column.kind ?? (column.name === "feature" ? "feature" : "number");
  }
  function isId(text2) {
    return /^\d*\.\d*$/.test(text2);
  }
  function columnsOfOrder(view, model) {
    const text2 = view.text.trim();
    const searched2 = text2 === "" || isId(text2) ? [] : model.columns.filter((column) => kindOf(column) !== "number").map(({ name }) => name);
    const rule = view.universal ? universalRule(model) : void 0;
    return [
      ...view.sort === "" ? [] : [
        view.sort
      ],
      ...rule ? [
        rule.column
      ] : [],
      ...view.feature === "" ? [] : [
        "feature"
      ],
      ...Object.keys(view.ranges),
      ...searched2
    ];
  }
  function searchHits(source, text2) {
    const wanted = text2.toLowerCase();
    return source.model.columns.flatMap((column) => {
      const kind = kindOf(column);
      const values = source.column(column.name);
      if (kind === "number" || !values) return [];
      const name = kind === "token" ? (value) => source.token(value) : (value) => source.model.features[value] ?? "";
      const hits = /* @__PURE__ */ new Set();
      for (const value of new Set(values)) {
        if (Number.isFinite(value) && name(value).toLowerCase().includes(wanted)) hits.add(value);
      }
      return [
        [
          values,
          hits
        ]
      ];
    });
  }
  function filters(source, view) {
    const { model } = source;
    const tests = [];
    const { layer } = view;
    if (layer !== void 0) tests.push((n) => Math.floor(n / model.width) === layer);
    const rule = view.universal ? universalRule(model) : void 0;
    const passes = (name, test) => {
      const values = source.column(name);
      if (values) tests.push((n) => test(values[n]));
    };
    if (rule) passes(rule.column, (value) => value > rule.over);
    if (view.feature !== "") {
      const places = new Set(model.features.flatMap((name, at) => name === view.feature ? [
        at
      ] : []));
      passes("feature", (value) => places.has(value));
    }
    for (const [name, [from, to]] of Object.entries(view.ranges)) {
      passes(name, (value) => value >= from && value <= to);
    }
    const text2 = view.text.trim();
    if (text2 !== "" && isId(text2)) tests.push((n) => neuronName(n, model.width).startsWith(text2));
    else if (text2 !== "") {
      const hits = searchHits(source, text2);
      tests.push((n) => hits.some(([values, set]) => set.has(values[n])));
    }
    return tests;
  }
  function neuronOrder(source, view) {
    const { model } = source;
    const tests = filters(source, view);
    const chosen = [];
    for (let neuron = 0; neuron < model.layers * model.width; neuron++) {
      if (tests.every((test) => test(neuron))) chosen.push(neuron);
    }
    const values = view.sort === "" ? void 0 : source.column(view.sort);
    const way = view.descending ? -1 : 1;
    if (values) {
      chosen.sort((a, b) => {
        const [x, y] = [
          values[a],
          values[b]
        ];
        if (Number.isNaN(x) || Number.isNaN(y)) {
          return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
        }
        return way * (x - y) || a - b;
      });
    } else if (view.descending) chosen.reverse();
    return Uint32Array.from(chosen);
  }

  // lib/viewer/page/table/filters.ts
  var PATIENCE = 120;
  function searched(model) {
    const titles = model.columns.filter((column) => kindOf(column) !== "number").map(({ title }) => title);
    return titles.length > 0 ? `Searched: id, ${titles.join(", ")}.` : "Searched: id. This folder has no features and no top tokens to search.";
  }
  function searchField(owner) {
    let timer;
    const submit = (neuron) => {
      clearTimeout(timer);
      owner.go({
        text: input.value,
        ...neuron === void 0 ? {} : {
          neuron
        }
      }, neuron === void 0);
    };
    const input = h("input", {
      type: "search",
      id: "search",
      placeholder: "4.123, token or feature",
      "aria-describedby": "searched",
      autocomplete: "off",
      spellcheck: "false",
      input: () => {
        clearTimeout(timer);
        timer = setTimeout(submit, PATIENCE);
      },
      keydown: (event) => {
        if (event.key === "Escape") input.blur();
        if (event.key === "Enter") submit(parseNeuron(input.value, owner.model));
      }
    });
    const element = h("div", {
      class: "search"
    }, h("label", {
      for: "search"
    }, "Search"), input, h("p", {
      id: "searched",
      class: "soft"
    }, searched(owner.model)));
    return {
      element,
      input
    };
  }
  function filterBar(owner, view) {
    const { model } = owner;
    const layer = h("select", {
      id: "layer",
      change: () => {
        owner.go({
          layer: layer.value === "" ? void 0 : Number(layer.value)
        }, true);
      }
    }, h("option", {
      value: ""
    }, "all"), ...Array.from({
      length: model.layers
    }, (_, l) => h("option", {
      value: l
    }, l)));
    layer.value = view.layer === void 0 ? "" : String(view.layer);
    const parts2 = [
      h("label", {}, "Layer ", layer)
    ];
    const rule = universalRule(model);
    if (rule) {
      const box = checkbox("universal", view.universal, (universal) => owner.go({
        universal
      }, true));
      box.title = `${rule.column} over ${rule.over}`;
      parts2.push(box);
    }
    if (model.features.length > 0 && model.columns.some(({ name }) => name === "feature")) {
      const feature = h("select", {
        id: "feature",
        change: () => owner.go({
          feature: feature.value
        }, true)
      }, h("option", {
        value: ""
      }, "all"), ...[
        ...new Set(model.features)
      ].map((name) => h("option", {
        value: name
      }, shownToken(name))));
      feature.value = view.feature;
      parts2.push(h("label", {}, "Feature ", feature));
    }
    return h("div", {
      class: "controls"
    }, ...parts2);
  }
  function rangeFields(owner, view, columns) {
    const field = (column, end) => {
      const value = view.ranges[column.name]?.[end];
      const input = h("input", {
        type: "number",
        step: "any",
        placeholder: showNumber(end === 0 ? column.min : column.max),
        "aria-label": `${end === 0 ? "least" : "largest"} ${column.title}`,
        change: () => {
          const ends = [
            ...view.ranges[column.name] ?? [
              -Infinity,
              Infinity
            ]
          ];
          ends[end] = input.value === "" ? end === 0 ? -Infinity : Infinity : Number(input.value);
          const { [column.name]: _, ...others } = view.ranges;
          const open = ends.every((value2) => !Number.isFinite(value2));
          owner.go({
            ranges: open ? others : {
              ...others,
              [column.name]: ends
            }
          }, true);
        }
      });
      if (value !== void 0 && Number.isFinite(value)) input.value = String(value);
      return input;
    };
    return h("div", {
      class: "ranges"
    }, ...columns.filter((column) => kindOf(column) === "number").map((column) => h("div", {}, h("span", {}, column.title), field(column, 0), "\u2013", field(column, 1))));
  }
  function columnChoice(owner, shown) {
    const names = shown.map(({ name }) => name);
    return h("div", {
      class: "choice"
    }, ...owner.model.columns.map(({ name, title, description }) => {
      const box = checkbox(title, names.includes(name), (checked) => {
        const kept = names.filter((other) => other !== name);
        owner.go({
          columns: checked ? [
            ...kept,
            name
          ] : kept
        }, true);
      });
      box.title = description;
      return box;
    }));
  }

  // lib/viewer/page/table/neuron_table.ts
  var ROW2 = 28;
  var SPARE = 8;
  var NeuronTable = class {
    element;
    #head = h("div", {
      class: "row head",
      role: "row",
      "aria-rowindex": 1
    });
    #rows = h("div", {
      class: "rows",
      role: "rowgroup"
    });
    #owner;
    #state;
    #first = -1;
    #waiting = false;
    /** An empty table. */
    constructor(owner) {
      this.#owner = owner;
      this.element = h("div", {
        class: "neurons",
        role: "table",
        "aria-label": "Neurons",
        tabindex: 0,
        scroll: () => this.#soon()
      }, h("div", {
        role: "rowgroup",
        class: "heads"
      }, this.#head), this.#rows);
      new ResizeObserver(() => this.#soon()).observe(this.element);
    }
    /** Shows a state; a new selection is brought into sight, a new order begins at its top. */
    show(state) {
      const before = this.#state;
      this.#state = state;
      this.element.setAttribute("aria-rowcount", String(state.order.length + 1));
      this.element.style.setProperty("--columns", String(state.columns.length));
      this.#rows.style.setProperty("height", `${state.order.length * ROW2}px`);
      this.#drawHead(state);
      if (before?.selected !== state.selected) this.#reveal(state);
      else if (before?.order !== state.order) this.element.scrollTop = 0;
      this.#first = -1;
      this.#draw();
    }
    #reveal({ order, selected }) {
      const place = selected === void 0 ? -1 : order.indexOf(selected);
      if (place < 0) return;
      const { scrollTop, clientHeight } = this.element;
      const top = place * ROW2;
      const inside2 = clientHeight - ROW2;
      if (top < scrollTop || top + ROW2 > scrollTop + inside2) {
        this.element.scrollTop = Math.max(0, top - inside2 / 2);
      }
    }
    #drawHead({ columns, sort, descending }) {
      const cell = (name, title, description) => {
        const sorted = sort === name;
        const mark = !sorted || name === "" && !descending ? "" : descending ? " \u25BE" : " \u25B4";
        return h("div", {
          role: "columnheader",
          "aria-sort": !sorted ? "none" : descending ? "descending" : "ascending"
        }, h("button", {
          type: "button",
          title: description,
          click: () => this.#owner.sort(name)
        }, title + mark));
      };
      this.#head.replaceChildren(cell("", "neuron", "Layer and index; click for the model's order"), ...columns.map(({ name, title, description }) => cell(name, title, description)));
    }
    #soon() {
      if (this.#waiting) return;
      this.#waiting = true;
      requestAnimationFrame(() => {
        this.#waiting = false;
        this.#draw();
      });
    }
    #draw() {
      const state = this.#state;
      if (!state) return;
      const first = Math.max(0, Math.floor(this.element.scrollTop / ROW2) - SPARE);
      if (first === this.#first) return;
      this.#first = first;
      const count = Math.ceil(this.element.clientHeight / ROW2) + 2 * SPARE;
      const rows = [];
      for (let place = first; place < Math.min(state.order.length, first + count); place++) {
        rows.push(this.#row(state, place));
      }
      this.#rows.replaceChildren(...rows);
    }
    #row({ order, columns, selected }, place) {
      const neuron = order[place];
      const row2 = h("div", {
        class: neuron === selected ? "row selected" : "row",
        role: "row",
        "aria-rowindex": place + 2,
        "--top": `${place * ROW2}px`
      }, h("div", {
        role: "rowheader"
      }, h("a", {
        href: this.#owner.href(neuron),
        tabindex: -1,
        "aria-current": neuron === selected ? "true" : void 0
      }, this.#owner.name(neuron))), ...columns.map((column) => h("div", {
        role: "cell"
      }, this.#owner.cell(neuron, column))));
      row2.addEventListener("click", () => row2.querySelector("a").click());
      row2.firstElementChild.firstElementChild.addEventListener("click", (event) => event.stopPropagation());
      return row2;
    }
  };

  // lib/viewer/page/table/shown_columns.ts
  var USUAL = [
    "excess_corr",
    "feature",
    "top_token",
    "sparsity",
    "kurt",
    "max_corr",
    "w_out_norm"
  ];
  var USUAL_COUNT = 3;
  function shownColumns({ columns }, asked) {
    if (asked) return asked.flatMap((name) => columns.filter((column) => column.name === name));
    const usual = USUAL.flatMap((name) => columns.filter((column) => column.name === name));
    return [
      .../* @__PURE__ */ new Set([
        ...usual,
        ...columns
      ])
    ].slice(0, USUAL_COUNT);
  }
  function tableRows(source, order, columns) {
    const { model } = source;
    const cell = (neuron, column) => {
      const value = source.column(column.name)?.[neuron];
      const kind = kindOf(column);
      if (kind === "number" || value === void 0 || Number.isNaN(value)) return value;
      return kind === "token" ? source.token(value) : model.features[value];
    };
    return [
      [
        "neuron",
        ...columns.map(({ name }) => name)
      ],
      ...Array.from(order, (neuron) => [
        neuronName(neuron, model.width),
        ...columns.map((column) => cell(neuron, column))
      ])
    ];
  }

  // lib/viewer/page/theme.ts
  var KEY = "neurite-theme";
  function isTheme(value) {
    return value === "light" || value === "dark";
  }
  function restoreTheme() {
    try {
      const kept = localStorage.getItem(KEY);
      if (isTheme(kept)) document.documentElement.dataset.theme = kept;
    } catch {
    }
  }
  function toggleTheme() {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try {
      localStorage.setItem(KEY, root.dataset.theme);
    } catch {
    }
  }

  // lib/viewer/page/token_element.ts
  var ELLIPSIS = "\u2026";
  function openButton(text2, open) {
    const label = `Show the whole token of ${text2.length.toLocaleString("en")} units`;
    return h("button", {
      type: "button",
      class: "more",
      "aria-label": label,
      title: label,
      click: (event) => {
        event.stopPropagation();
        open(text2);
      }
    }, ELLIPSIS);
  }
  function tokenElement(text2, { open, longest = LONGEST } = {}) {
    const { head, rest } = cutToken(text2, longest);
    const element = h("bdi", {
      class: "token"
    });
    for (const piece of tokenPieces(head)) {
      element.append(piece.sign ? h("span", {
        class: "sign"
      }, piece.text) : piece.text);
    }
    if (rest > 0) {
      element.append(open ? openButton(text2, open) : h("span", {
        class: "sign"
      }, ELLIPSIS));
    }
    return element;
  }

  // lib/viewer/page/app.ts
  var App = class {
    model;
    #store;
    #frame;
    #table;
    #search;
    #tokens;
    #sections;
    #settings;
    #view;
    #order;
    #orderKey;
    #filterKey;
    #shown;
    #shownPanel;
    #ticket;
    /** Lays the page out and shows what the address asks for. */
    constructor(model) {
      this.model = model;
      this.#sections = new PanelSections();
      this.#settings = {
        logCounts: true,
        logDensity: false,
        logCosines: false,
        wrap: false
      };
      this.#view = EMPTY_VIEW;
      this.#order = new Uint32Array();
      this.#orderKey = "";
      this.#filterKey = "";
      this.#ticket = 0;
      this.#store = new Store(model);
      this.#tokens = this.#store.loadTokens().catch((error) => this.#fault(error));
      this.#table = new NeuronTable({
        name: (neuron) => neuronName(neuron, model.width),
        href: (neuron) => this.#href(neuron),
        cell: (neuron, column) => this.cell(neuron, column),
        sort: (column) => this.#sort(column)
      });
      const { element: search, input } = searchField(this);
      this.#search = input;
      const actions = this.#keys();
      this.#frame = layOut(model, {
        search,
        table: this.#table.element,
        copyTable: copyButton("Copy table as TSV", () => toTsv(tableRows(this.#store, this.#order, this.#columns()))),
        help: () => openDialog("Keys", keyList(actions)),
        toggleTheme
      });
      listenToKeys(actions);
      addEventListener("hashchange", () => this.#follow());
      this.#follow();
    }
    /** Changes the address, in place of the last entry of the history where `replace`. */
    go(change, replace = false) {
      const address = formatView({
        ...this.#view,
        ...change
      }, this.model);
      if (address === location.hash) return;
      if (replace) location.replace(address);
      else location.hash = address;
    }
    /** A neuron's value in a column, as an element. */
    cell(neuron, column) {
      const value = this.#store.column(column.name)?.[neuron];
      const kind = kindOf(column);
      if (kind === "number" || value === void 0 || Number.isNaN(value)) return showNumber(value);
      return kind === "token" ? tokenElement(this.#store.token(value), {
        longest: LONGEST_IN_CELL
      }) : h("bdi", {}, shownToken(this.model.features[value] ?? ""));
    }
    /** Whether a column is at hand. */
    isLoaded(column) {
      return this.#store.column(column) !== void 0;
    }
    /** Loads every column. */
    loadAll() {
      return this.#store.loadColumns(this.model.columns.map(({ name }) => name));
    }
    /** To a neighbour in the order of the table. */
    step(by) {
      const place = this.#shown === void 0 ? -1 : this.#order.indexOf(this.#shown);
      const next = place < 0 ? this.#order[0] : this.#order[place + by];
      if (next !== void 0) this.go({
        neuron: next
      });
    }
    /** To any neuron of the table. */
    random() {
      const draw = crypto.getRandomValues(new Uint32Array(1))[0];
      const neuron = this.#order[draw % Math.max(1, this.#order.length)];
      if (neuron !== void 0) this.go({
        neuron
      });
    }
    #keys() {
      return [
        {
          keys: [
            "j",
            "ArrowRight"
          ],
          does: "next neuron",
          run: () => this.step(1)
        },
        {
          keys: [
            "k",
            "ArrowLeft"
          ],
          does: "previous neuron",
          run: () => this.step(-1)
        },
        {
          keys: [
            "r"
          ],
          does: "any neuron of the table",
          run: () => this.random()
        },
        {
          keys: [
            "/"
          ],
          does: "search",
          run: () => this.#search.select()
        },
        {
          keys: [
            "t"
          ],
          does: "light or dark",
          run: toggleTheme
        },
        {
          keys: [
            "?"
          ],
          does: "this list",
          run: () => openDialog("Keys", keyList(this.#keys()))
        }
      ];
    }
    #href(neuron) {
      return formatView({
        ...this.#view,
        neuron
      }, this.model);
    }
    #sort(column) {
      const { sort, descending } = this.#view;
      const turned = sort === column ? !descending : column !== "";
      this.go({
        sort: column,
        descending: turned
      }, true);
    }
    #columns() {
      return shownColumns(this.model, this.#view.columns);
    }
    #fault(error) {
      this.#frame.faults.append(faultNotice(error, this.model));
    }
    async #follow() {
      const ticket = ++this.#ticket;
      this.#view = parseView(location.hash, this.model);
      const view = this.#view;
      this.#frame.faults.replaceChildren();
      this.#drawFilters();
      const columns = this.#columns();
      try {
        await this.#store.loadColumns([
          ...columns.map(({ name }) => name),
          ...columnsOfOrder(view, this.model)
        ]);
      } catch (error) {
        if (ticket === this.#ticket) this.#fault(error);
      }
      const shows = (kind) => columns.some((column) => kindOf(column) === kind);
      if (view.text !== "" || shows("token")) await this.#tokens;
      if (ticket !== this.#ticket) return;
      this.#drawOrder();
      const neuron = view.neuron ?? this.#order[0];
      this.#table.show({
        ...view,
        order: this.#order,
        columns,
        selected: neuron
      });
      if (neuron === void 0) return this.#drawNone();
      if (view.neuron === void 0) return this.go({
        neuron
      }, true);
      await this.#showNeuron(neuron, ticket);
    }
    #drawFilters() {
      const view = this.#view;
      const columns = this.#columns();
      if (document.activeElement !== this.#search) this.#search.value = view.text;
      const { layer, universal, feature, ranges } = view;
      const key = JSON.stringify([
        layer,
        universal,
        feature,
        ranges,
        columns.map((c) => c.name)
      ]);
      if (key === this.#filterKey) return;
      this.#filterKey = key;
      redrawInside(this.#frame.filters, filterBar(this, view));
      redrawInside(this.#frame.ranges, rangeFields(this, view, columns));
      redrawInside(this.#frame.columns, columnChoice(this, columns));
    }
    #drawOrder() {
      const { sort, descending, text: text2, layer, universal, feature, ranges } = this.#view;
      const key = JSON.stringify([
        sort,
        descending,
        text2,
        layer,
        universal,
        feature,
        ranges
      ]);
      if (key === this.#orderKey) return;
      this.#orderKey = key;
      this.#order = neuronOrder(this.#store, this.#view);
      const all = this.#store.neurons;
      this.#frame.count.textContent = this.#order.length === all ? `${all.toLocaleString("en")} neurons` : `${this.#order.length.toLocaleString("en")} of ${all.toLocaleString("en")} neurons`;
    }
    #drawNone() {
      this.#shown = void 0;
      this.#frame.head.replaceChildren();
      this.#frame.links.replaceChildren();
      this.#frame.panels.replaceChildren(h("p", {
        class: "notice"
      }, "No neuron passes the search and the filters."));
    }
    async #showNeuron(neuron, ticket) {
      const { head, links, panels } = this.#frame;
      const context = this.#context(neuron);
      const drawHead = () => {
        redrawInside(head, neuronHeader(this, neuron, false));
        redrawInside(links, panelLinks(context));
      };
      let data;
      try {
        [data] = await Promise.all([
          this.#store.neuron(neuron),
          this.#tokens
        ]);
      } catch (error) {
        if (ticket !== this.#ticket) return;
        drawHead();
        panels.replaceChildren(faultNotice(error, this.model));
        return this.#arrive(neuron);
      }
      if (ticket !== this.#ticket) return;
      drawHead();
      if (this.#sections.element.parentNode !== panels) {
        panels.replaceChildren(this.#sections.element);
      }
      const asked = this.#view.panel !== this.#shownPanel ? this.#view.panel : void 0;
      const toAsked = () => asked && document.getElementById(`panel-${asked}`)?.scrollIntoView();
      this.#arrive(neuron);
      toAsked();
      await this.#sections.show(context, data);
      if (ticket === this.#ticket) toAsked();
    }
    #context(neuron) {
      return {
        model: this.model,
        view: this.#view,
        settings: this.#settings,
        neuron,
        token: (id) => this.#store.token(id),
        tokenElement: (id, longest) => tokenElement(this.#store.token(id), {
          longest: longest ?? LONGEST,
          open: (text2) => openText(`Token ${id}`, text2)
        }),
        neuronLink: (other) => h("a", {
          href: this.#href(other)
        }, neuronName(other, this.model.width)),
        open: openDialog,
        go: (change) => this.go(change)
      };
    }
    #arrive(neuron) {
      const stepped = this.#shown !== void 0 && this.#shown !== neuron;
      this.#shown = neuron;
      this.#shownPanel = this.#view.panel;
      document.title = `${neuronName(neuron, this.model.width)} \xB7 ${this.model.model}`;
      if (stepped) setTimeout(() => this.#prepareNeighbours(neuron), 50);
    }
    #prepareNeighbours(neuron) {
      const place = this.#order.indexOf(neuron);
      if (place < 0 || neuron !== this.#shown) return;
      for (const next of [
        this.#order[place + 1],
        this.#order[place - 1]
      ]) {
        if (next !== void 0) this.#store.neuron(next).catch(() => {
        });
      }
    }
  };

  // lib/viewer/page/main.ts
  receiveData();
  restoreTheme();
  loadModel().then((model) => new App(model), (error) => document.body.replaceChildren(h("main", {}, h("h1", {}, "Neurons"), faultNotice(error))));
})();
