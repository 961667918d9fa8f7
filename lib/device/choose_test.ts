import assert from "node:assert/strict";
import { type DeviceChoice, openDevice } from "./choose.ts";
import { probeWebGpu } from "./webgpu/mod.ts";

Deno.test("openDevice() opens the reference device by name", async () => {
  const { device, reason } = await openDevice("reference");
  await using _ = device;
  assert.equal(device.name, "reference");
  assert.equal(reason, "asked for by name");
  assert.match(device.description, /^reference: float64/);
});

Deno.test("openDevice() opens onnx by name with the threads it is told", async () => {
  const { device, reason } = await openDevice("onnx", { threads: 1 });
  await using _ = device;
  assert.equal(device.name, "onnx");
  assert.equal(reason, "asked for by name");
  assert.equal(device.facts.threads, 1);
});

Deno.test("openDevice() takes a hardware GPU when left to choose, never a software adapter", async () => {
  const probe = await probeWebGpu();
  const { device, reason } = await openDevice("auto", { threads: 1 });
  await using _ = device;
  const isHardware = probe.found && !probe.adapter.isSoftware;
  assert.equal(device.name, isHardware ? "webgpu" : "onnx");
  const expected = isHardware
    ? /hardware GPU/
    : probe.found
    ? /software adapter$/
    : /no GPU adapter answers$/;
  assert.match(reason, /^auto: /);
  assert.match(reason, expected);
});

Deno.test("openDevice() refuses a device there is not", async () => {
  await assert.rejects(openDevice("cuda" as DeviceChoice), {
    code: "E-DEVICE",
    message: 'Cannot open device "cuda": not a device, expected auto, webgpu, onnx or reference',
  });
});
