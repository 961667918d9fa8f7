/**
 * The stack, memo and operands of the restricted unpickler.
 *
 * @module
 */
import {
  PickleDict,
  type PickleKey,
  PickleRefusal,
  PickleTuple,
  type PickleValue,
} from "./pickle_values.ts";

/** Python's pickler writes dicts in batches of 1000 items, so honest stacks stay near 2000. */
const MAX_STACK = 100_000;
/** A checkpoint of 1,000 tensors memoises some 10,000 values. */
const MAX_MEMO = 1_000_000;

/** State of one unpickling, every size of it bounded. */
export class PickleMachine {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  /** Position of the next byte. */
  offset = 0;

  /** Starts at the first byte. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next bytes, as a view. */
  take(count: number): Uint8Array {
    const end = this.offset + count;
    if (end > this.#bytes.length) {
      throw new PickleRefusal(
        `an end after ${this.#bytes.length} bytes`,
        `${count} more at ${this.offset}`,
      );
    }
    const taken = this.#bytes.subarray(this.offset, end);
    this.offset = end;
    return taken;
  }

  /** An unsigned little-endian integer of 1, 2, 4 or 8 bytes. */
  takeUnsigned(width: 1 | 2 | 4 | 8): number {
    const at = this.offset;
    this.take(width);
    if (width === 1) return this.#view.getUint8(at);
    if (width === 2) return this.#view.getUint16(at, true);
    if (width === 4) return this.#view.getUint32(at, true);
    return Number(this.#view.getBigUint64(at, true));
  }

  /** A signed little-endian integer of 4 bytes. */
  takeInt32(): number {
    const at = this.offset;
    this.take(4);
    return this.#view.getInt32(at, true);
  }

  /** A big-endian double. */
  takeFloat64(): number {
    const at = this.offset;
    this.take(8);
    return this.#view.getFloat64(at, false);
  }

  /** A two's-complement little-endian integer of at most 8 bytes. */
  takeLong(width: number): number | bigint {
    if (width > 8) throw new PickleRefusal(`an integer of ${width} bytes`, "at most 8");
    const value = this.take(width).reduceRight((sum, byte) => sum << 8n | BigInt(byte), 0n);
    const signed = BigInt.asIntN(8 * width, value);
    const small = Number(signed);
    return Number.isSafeInteger(small) ? small : signed;
  }

  /** UTF-8 text of that many bytes. */
  takeText(count: number): string {
    return decodeText(this.take(count));
  }

  /** UTF-8 text up to the next line feed. */
  takeLine(): string {
    const end = this.#bytes.indexOf(0x0a, this.offset);
    const text = this.take((end < 0 ? this.#bytes.length : end) - this.offset);
    this.take(1);
    return decodeText(text);
  }

  /** Puts a value on the stack. */
  push(value: PickleValue): void {
    if (this.#stack.length >= MAX_STACK) {
      throw new PickleRefusal(`more than ${MAX_STACK} values on the stack`, "fewer");
    }
    this.#stack.push(value);
  }

  /** Takes the value off the top, but none from below the last mark. */
  pop(): PickleValue {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) {
      throw new PickleRefusal("an empty stack", "a value on it");
    }
    return this.#stack.pop()!;
  }

  /** Takes values off the top, in the order they were put there. */
  popMany(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  /** The value on the top. */
  top(): PickleValue {
    const value = this.pop();
    this.#stack.push(value);
    return value;
  }

  /** Remembers the height of the stack. */
  mark(): void {
    if (this.#marks.length >= MAX_STACK) {
      throw new PickleRefusal(`more than ${MAX_STACK} marks`, "fewer");
    }
    this.#marks.push(this.#stack.length);
  }

  /** Takes everything above the last mark, and the mark. */
  popToMark(): PickleValue[] {
    const height = this.#marks.pop();
    if (height === undefined) throw new PickleRefusal("no mark on the stack", "one");
    return this.#stack.splice(height);
  }

  /** Stores the top value in the memo, by default under the next number. */
  remember(index = this.#memo.size): void {
    if (this.#memo.size >= MAX_MEMO) {
      throw new PickleRefusal(`more than ${MAX_MEMO} memo entries`, "fewer");
    }
    this.#memo.set(index, this.top());
  }

  /** Puts a value of the memo on the stack. */
  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw new PickleRefusal(`memo entry ${index}`, "one that was stored");
    this.push(value);
  }

  /** Puts keys and values, in turn, into the dict on the top. */
  setItems(items: readonly PickleValue[]): void {
    const dict = this.top();
    if (!(dict instanceof PickleDict)) throw new PickleRefusal("items set on no dict", "a dict");
    if (items.length % 2 !== 0) throw new PickleRefusal("a key without value", "pairs");
    for (let i = 0; i < items.length; i += 2) dict.entries.set(asKey(items[i]!), items[i + 1]!);
  }

  /** The result, once everything else is off the stack. */
  finish(): PickleValue {
    const value = this.pop();
    if (this.#stack.length === 0 && this.#marks.length === 0) return value;
    throw new PickleRefusal(`${this.#stack.length} values left on the stack`, "none");
  }

  /** Wraps the values above the last mark. */
  tupleToMark(): PickleTuple {
    return new PickleTuple(this.popToMark());
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new PickleRefusal("a string that is not UTF-8", "UTF-8");
  }
}

function asKey(value: PickleValue): PickleKey {
  if (value !== null && typeof value === "object") {
    throw new PickleRefusal("a dict key that is an object", "a string or number");
  }
  return value;
}
