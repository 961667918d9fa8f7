import assert from "node:assert/strict";
import { withClosedProbe } from "./closed_probe.ts";

Deno.test("withClosedProbe() closes the channel of the probe and no other", async () => {
  const { MessageChannel } = globalThis;
  let received: Promise<unknown> | undefined;
  await withClosedProbe(() => {
    new globalThis.MessageChannel().port1.postMessage(new SharedArrayBuffer(1));
    const { port1, port2 } = new globalThis.MessageChannel();
    received = new Promise((resolve) => {
      port2.onmessage = ({ data }) => {
        port1.close();
        port2.close();
        resolve(data);
      };
    });
    port1.postMessage("still open");
    return Promise.resolve();
  });
  assert.equal(await received, "still open");
  assert.equal(globalThis.MessageChannel, MessageChannel);
});
