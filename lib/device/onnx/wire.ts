/**
 * The few parts of the protobuf wire format that writing an ONNX model takes. A package for it would
 * be larger than this file by a factor of a thousand.
 *
 * Source: Protocol Buffers, "Encoding" (wire types 0, 2 and 5).
 *
 * @module
 */
const TEXT = new TextEncoder();

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

/** A protobuf message under construction; fields are written in the order of the calls. */
export class WireMessage {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** An integer field; negative numbers take ten bytes, as int64 does. */
  integer(field: number, value: number): this {
    return this.#tag(field, VARINT).#varint(BigInt.asUintN(64, BigInt(value)));
  }

  /** A float field. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#tag(field, FIXED32).#push(bytes);
  }

  /** A bytes field; the bytes are not copied until {@linkcode finish}. */
  bytes(field: number, value: Uint8Array): this {
    return this.#tag(field, BYTES).#varint(BigInt(value.length)).#push(value);
  }

  /** A string field. */
  text(field: number, value: string): this {
    return this.bytes(field, TEXT.encode(value));
  }

  /** A message field. */
  message(field: number, value: WireMessage): this {
    this.#tag(field, BYTES).#varint(BigInt(value.#length));
    for (const part of value.#parts) this.#push(part);
    return this;
  }

  /** The encoded message. */
  finish(): Uint8Array {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #tag(field: number, wireType: number): this {
    return this.#varint(BigInt(field << 3 | wireType));
  }

  #varint(value: bigint): this {
    const bytes: number[] = [];
    let rest = value;
    while (rest > 0x7fn) {
      bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    return this.#push(Uint8Array.from(bytes));
  }

  #push(part: Uint8Array): this {
    this.#parts.push(part);
    this.#length += part.length;
    return this;
  }
}
