/**
 * Collects the dispatches of one graph.
 *
 * @module
 */
import { elementCount, formatShape } from "../../array.ts";
import { cannot } from "../../errors.ts";
import type { Value } from "../graph.ts";
import { kernelInterface, packParams } from "./interface.ts";
import type { KernelName } from "./kernels.ts";
import type { Constants } from "./pipelines.ts";
import type { Groups } from "./recorder.ts";
import { type Operand, type Step, type TablePart, tableParts } from "./step.ts";

/** Sizes a plan must keep to. */
export interface PlanLimits {
  /** The largest storage binding, in bytes. */
  readonly maxBindingBytes: number;
  /** The most bytes one slice of logits may take in `unembedStats`. */
  readonly sliceBytes: number;
}

/** A buffer's worth of numbers that belongs to the plan, such as rotary's cosines. */
export interface PlanConstant {
  readonly slot: number;
  readonly data: Float32Array;
}

/** What a lowering says of a dispatch. */
export interface StepRequest {
  kernel: KernelName;
  /** What the label calls it: the op, or the tensor it makes. */
  name: string;
  constants?: Constants;
  /** By the kernel's binding names; what is missing gets a small unused buffer. */
  bind: Readonly<Record<string, Value | Operand>>;
  params: Readonly<Record<string, number>>;
  groups: Groups;
}

/** The slot of the small buffer that stands in for bindings a variant does not read. */
export const UNUSED_SLOT = -1;

/** Collects steps; the functions in `lowering/` call it. */
export class PlanBuilder {
  readonly steps: Step[] = [];
  readonly constants: PlanConstant[] = [];
  /** Bytes of the slots that are neither inputs nor constants. */
  readonly slotBytes = new Map<number, number>();
  readonly limits: PlanLimits;
  readonly #splittable: ReadonlySet<number>;
  readonly #views = new Map<number, Value>();
  #nextSlot: number;

  /** Slots from `firstSlot` on are the builder's; `splittable` are the ids of the graph's inputs. */
  constructor(limits: PlanLimits, firstSlot: number, splittable: ReadonlySet<number>) {
    this.limits = limits;
    this.#nextSlot = firstSlot;
    this.#splittable = splittable;
  }

  /** Declares that a value is another one under a new shape. */
  view(value: Value, of: Value): void {
    this.#views.set(value.id, this.root(of));
  }

  /** The value that owns the buffer: itself, or what it is a view of. */
  root(value: Value): Value {
    return this.#views.get(value.id) ?? value;
  }

  /** A float buffer for this plan's own use, free again after its last step. */
  temporary(shape: readonly number[]): Operand {
    const slot = this.#nextSlot++;
    this.#reserve(slot, shape);
    return { slot, part: 0 };
  }

  /** Declares the buffer of a value the graph computes. */
  computed({ id, shape }: Value): void {
    this.#reserve(id, shape);
  }

  /** Numbers fixed with the plan. */
  constant(data: Float32Array): Operand {
    const slot = this.#nextSlot++;
    this.constants.push({ slot, data });
    return { slot, part: 0 };
  }

  /** The parts of a table; one, unless it is an input larger than a binding. */
  parts(table: Value): TablePart[] {
    const root = this.root(table);
    if (!this.#splittable.has(root.id)) return [{ start: 0, rows: table.shape[0]! }];
    const parts = tableParts(root.shape, this.limits.maxBindingBytes);
    if (parts.length === 1) return [{ start: 0, rows: table.shape[0]! }];
    if (root !== table) throw tooLarge("bind view of", root.shape, this.limits);
    return parts;
  }

  /** Appends a dispatch, or nothing when it has no work. */
  step(request: StepRequest): void {
    const { kernel, name, constants = {}, bind, params, groups } = request;
    if (groups.includes(0)) return;
    const wanted = kernelInterface(kernel).buffers;
    const operands = wanted.map(({ name: buffer }): Operand => {
      const bound = bind[buffer];
      if (!bound) return { slot: UNUSED_SLOT, part: 0 };
      return "slot" in bound ? bound : this.#whole(bound);
    });
    const known = new Set(wanted.map(({ name: buffer }) => buffer));
    const unknown = Object.keys(bind).find((buffer) => !known.has(buffer));
    if (unknown) {
      throw new TypeError(
        `Cannot bind "${unknown}": no buffer of "${kernel}", expected ${[...known].join(", ")}`,
      );
    }
    this.steps.push({
      kernel,
      label: `neurite/${kernel}/${name}`,
      constants,
      operands,
      params: packParams(kernel, params),
      groups,
    });
  }

  #reserve(slot: number, shape: readonly number[]): void {
    const bytes = 4 * elementCount(shape);
    if (bytes > this.limits.maxBindingBytes) throw tooLarge("compute tensor", shape, this.limits);
    this.slotBytes.set(slot, bytes);
  }

  #whole(value: Value): Operand {
    const root = this.root(value);
    if (this.parts(root).length > 1) throw tooLarge("bind tensor", root.shape, this.limits);
    return { slot: root.id, part: 0 };
  }
}

function tooLarge(verb: string, shape: readonly number[], limits: PlanLimits): Error {
  return cannot("E-DEVICE-MEMORY", {
    do: verb,
    thing: formatShape(shape),
    is: `${4 * elementCount(shape)} bytes`,
    expected: `at most ${limits.maxBindingBytes} bytes, this adapter's storage binding limit`,
    hint: "lower --memory, or use --device onnx",
  });
}
