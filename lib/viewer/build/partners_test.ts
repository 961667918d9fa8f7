import assert from "node:assert/strict";
import { partnerFolders, partnerPages } from "./partners.ts";

Deno.test("partnerPages() are of folders beside the viewer's own, in the partners' order", () => {
  const folders = partnerFolders(["tiny-b=viewer_b", "tiny-d=d.2"]);
  assert.deepEqual(partnerPages(["tiny-b", "tiny-c", "tiny-d"], folders), [
    "../viewer_b/index.html",
    null,
    "../d.2/index.html",
  ]);
  assert.equal(partnerPages(["tiny-b"], partnerFolders([])), undefined);
});

Deno.test("partnerFolders() refuses what leads elsewhere", () => {
  for (const word of ["b", "b=../x", "b=https://x", "=x", "b=", "b=a/b", "b=.."]) {
    assert.throws(() => partnerFolders([word]), { code: "E-USAGE" }, word);
  }
});
