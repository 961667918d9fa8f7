import assert from "node:assert/strict";
import { canaryFinding, deviceFindings } from "./findings.ts";

// Outside the tests, because the wasm runtime opens a message port when it first starts and keeps it.
const findings = await deviceFindings();

Deno.test("deviceFindings() says how to mend each lack, and names every part", () => {
  const topics = findings.map(({ topic }) => topic);
  for (const topic of ["deno", "machine", "--allow-ffi", "onnx wasm", "onnx native", "webgpu"]) {
    assert.ok(topics.includes(topic), `${topic} in ${topics}`);
  }
  assert.equal(new Set(topics).size, topics.length, "a topic is said once");
  for (const { topic, kind, text, mend } of findings) {
    assert.ok(text.length > 0 && !text.includes("undefined"), `${topic}: ${text}`);
    if (kind === "lack") assert.ok(mend, `${topic} lacks a step`);
    if (kind === "good" || kind === "fact") assert.equal(mend, undefined, topic);
  }
});

Deno.test("deviceFindings() reports the runtime that runs it", () => {
  const deno = findings.find(({ topic }) => topic === "deno")!;
  assert.ok(deno.text.startsWith(`${Deno.version.deno}, V8 `), deno.text);
  const granted = findings.find(({ topic }) => topic === "--allow-read")!;
  assert.match(granted.text, /^granted /);
});

Deno.test("canaryFinding() tells a fault that the kernels need mended from one they work around", () => {
  const canary = { name: "x", reference: "a#1", ok: false, detail: "seen" };
  const needed = canaryFinding({ ...canary, needed: true });
  assert.match(needed.text, /need it$/);
  assert.match(needed.mend!, /--device onnx/);
  const other = canaryFinding({ ...canary, needed: false });
  assert.match(other.text, /do not rely on it$/);
  assert.equal(other.mend, undefined);
  assert.deepEqual([needed.kind, other.kind], ["fault", "fault"]);
});

Deno.test("deviceFindings() goes on where the GPU's driver fails", async () => {
  const requestAdapter = navigator.gpu.requestAdapter;
  navigator.gpu.requestAdapter = () => Promise.reject(new Error("driver crashed"));
  try {
    const found = await deviceFindings();
    const gpu = found.filter(({ topic }) => topic === "webgpu");
    assert.deepEqual(gpu.map(({ kind, text }) => [kind, text]), [["fault", "driver crashed"]]);
    assert.match(gpu[0]!.mend!, /--device onnx/);
  } finally {
    navigator.gpu.requestAdapter = requestAdapter;
  }
});
