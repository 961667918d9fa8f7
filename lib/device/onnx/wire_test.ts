import assert from "node:assert/strict";
import fc from "fast-check";
import { WireMessage } from "./wire.ts";

Deno.test("WireMessage writes the examples of the protobuf documentation", () => {
  assert.deepEqual([...new WireMessage().integer(1, 150).finish()], [0x08, 0x96, 0x01]);
  assert.deepEqual(
    [...new WireMessage().text(2, "testing").finish()],
    [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67],
  );
  const inner = new WireMessage().integer(1, 150);
  assert.deepEqual(
    [...new WireMessage().message(3, inner).finish()],
    [0x1a, 0x03, 0x08, 0x96, 0x01],
  );
  assert.deepEqual([...new WireMessage().float(2, 1).finish()], [0x15, 0, 0, 0x80, 0x3f]);
});

Deno.test("WireMessage writes a negative integer in ten bytes", () => {
  const bytes = [...new WireMessage().integer(1, -1).finish()];
  assert.deepEqual(bytes, [0x08, ...Array(9).fill(0xff), 0x01]);
});

Deno.test("WireMessage counts the bytes of what it holds", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (parts) => {
    const message = new WireMessage();
    for (const part of parts) message.bytes(1, part);
    const overhead = parts.map((part) => part.length < 128 ? 2 : 3);
    const expected = parts.reduce((sum, part, i) => sum + part.length + overhead[i]!, 0);
    assert.equal(message.finish().length, expected);
  }));
});
