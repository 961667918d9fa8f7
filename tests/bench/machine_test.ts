import assert from "node:assert/strict";
import { machineFacts, timed } from "./machine.ts";
import { Peer } from "./peer.ts";

Deno.test("timed() gives a share between 0 and 1 when a job runs", async () => {
  const { seconds, othersBusy } = await timed(
    () => new Promise((resolve) => setTimeout(resolve, 30)),
    [],
  );
  assert.ok(seconds > 0);
  if (Deno.build.os === "linux") assert.ok(othersBusy! >= 0 && othersBusy! <= 1);
});

Deno.test("machineFacts() names processor, cores and versions when asked", async () => {
  const facts = await machineFacts();
  assert.ok(facts.processor.length > 0);
  assert.ok(facts.cores > 0);
  assert.equal(facts.deno, Deno.version.deno);
});

Deno.test("Peer answers line by line when a child speaks the protocol", async () => {
  const child = `
    for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
      for (const line of chunk.split("\\n").filter(Boolean)) {
        console.log(line === "bad" ? '{"error":"no such mode"}' : JSON.stringify({ line }));
      }
    }`;
  await using peer = new Peer(Deno.execPath(), ["eval", child]);
  assert.deepEqual(await peer.ask("run none 1 2"), { line: "run none 1 2" });
  assert.deepEqual(await peer.ask("facts"), { line: "facts" });
  await assert.rejects(peer.ask("bad"), /no such mode/);
});
