import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../tests/folders.ts";
import { denoConfig, ROOT } from "../../tests/house/tree.ts";
import { viewerFiles } from "./bundle.ts";

Deno.test("viewerFiles() holds what bundle:viewer makes of the sources today", () =>
  inFolder(async (folder) => {
    const task = denoConfig().tasks["bundle:viewer"] as { command: string };
    const made = join(folder, "app.js");
    const args = task.command.split(" ").slice(1).map((word) =>
      word === "lib/viewer/page/app.bundle.js" ? made : word
    );
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args,
      cwd: ROOT,
      stdout: "null",
      stderr: "piped",
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    assert.ok(
      await Deno.readTextFile(made) === viewerFiles()["app.js"],
      "app.bundle.js is not of today's sources, expected `deno task bundle:viewer` after a change",
    );
  }));

Deno.test("viewerFiles() names no other place and runs no text when it is read", () => {
  const files = viewerFiles();
  assert.deepEqual(Object.keys(files), ["index.html", "app.js", "style.css"]);
  for (const [name, text] of Object.entries(files)) {
    // The name of SVG's namespace is no address.
    const addresses = text.replaceAll("http://www.w3.org/2000/svg", "");
    assert.doesNotMatch(addresses, /https?:\/\/|@import|url\(/, name);
    assert.doesNotMatch(
      text,
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\("style"/,
      name,
    );
  }
  assert.doesNotMatch(files["index.html"]!, /unsafe-|<script>|\son\w+=/);
});
